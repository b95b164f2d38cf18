#pragma once

#include <pgrepo/base/fixed_string.hpp>
#include <pgrepo/reflect/field_facts.hpp>
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/reflectable.hpp>

#include <cstddef>
#include <type_traits>

namespace pgrepo::detail {

// Conditions with names: a compiler prints them with their arguments when an assertion fails.
template <class T> inline constexpr bool is_struct_of_your_own = reflectable<T>::plain;
template <class T> inline constexpr bool is_plain_aggregate = reflectable<T>::aggregate;
template <class T> inline constexpr bool derives_from_nothing = reflectable<T>::without_base;
template <class T> inline constexpr bool has_default_for_every_member = reflectable<T>::constructible;
/// A number as a type: clang prints a constant in a condition by the name that it was given.
template <std::size_t N> struct counted {};
template <class T, class Count> inline constexpr bool has_at_most_64_fields = false;
template <class T, std::size_t N> inline constexpr bool has_at_most_64_fields<T, counted<N>> = N <= max_fields;

/// The first field that is in the way: by its name, or by its number from 1 where no constant can point to it, or
/// without either.
template <std::size_t Number> struct field_number {};
struct some_field {};
struct nothing_in_the_way {};
template <class T, obstacle What> consteval auto find_field_in_the_way() {
    constexpr found_obstacle found = field_facts<T>::found;
    if constexpr (found.what != What)
        return std::type_identity<nothing_in_the_way>{};
    else if constexpr (What == obstacle::bit_field)
        return std::type_identity<some_field>{};
    else if constexpr (What == obstacle::c_array)
        return std::type_identity<name<field_name_text<T, found.field>>>{};
    else
        return std::type_identity<field_number<found.field + 1>>{};
}
template <class T, obstacle What> using field_in_the_way = typename decltype(find_field_in_the_way<T, What>())::type;

template <class T, class Offender> inline constexpr bool has_no_anonymous_union = false;
template <class T> inline constexpr bool has_no_anonymous_union<T, nothing_in_the_way> = true;
template <class T, class Offender> inline constexpr bool has_no_bit_field = false;
template <class T> inline constexpr bool has_no_bit_field<T, nothing_in_the_way> = true;
template <class T, class Offender> inline constexpr bool has_no_c_array = false;
template <class T> inline constexpr bool has_no_c_array<T, nothing_in_the_way> = true;
template <class T, class Offender> inline constexpr bool has_no_reference = false;
template <class T> inline constexpr bool has_no_reference<T, nothing_in_the_way> = true;
template <class T, class Offender> inline constexpr bool has_no_const_field = false;
template <class T> inline constexpr bool has_no_const_field<T, nothing_in_the_way> = true;

/// Says in one sentence why a struct cannot be a record, a row, a draft or a patch. Public templates name `said` first:
/// few levels between the user's line and the sentence keep the error short. What follows asks has_known_fields.
template <class T> struct struct_check {
    static constexpr bool said = true;
    static_assert(is_struct_of_your_own<T>,
                  "pgrepo: [not_a_struct] a record must be a struct of your own, defined, without "
                  "const; for a single value use select_value<T>");
    static_assert(is_plain_aggregate<T>,
                  "pgrepo: [not_an_aggregate] a record must be a plain aggregate: no constructors, no private "
                  "members, no virtual functions; make it a struct with public members");
    static_assert(derives_from_nothing<T>,
                  "pgrepo: [base_class] a record must not derive from another struct: its fields cannot be "
                  "named; write the fields into the record itself");
    static_assert(has_default_for_every_member<T>,
                  "pgrepo: [not_default_constructible] a record must be default-constructible; "
                  "give every member a default or a type that has one; for a reference hold a value");
    static_assert(has_at_most_64_fields<T, counted<field_facts<T>::counted>>,
                  "pgrepo: [too_many_fields] a record has at most 64 fields; split it, or select fewer columns");
    static_assert(has_no_anonymous_union<T, field_in_the_way<T, obstacle::anonymous_union>>,
                  "pgrepo: [anonymous_union] a record must not hold an anonymous union: nobody knows which member is "
                  "alive; use std::variant, or one std::optional each");
    static_assert(has_no_bit_field<T, field_in_the_way<T, obstacle::bit_field>>,
                  "pgrepo: [bit_field] a record must not hold a bit-field: nothing can point to it; use bool, or a "
                  "whole integer");
    static_assert(has_no_c_array<T, field_in_the_way<T, obstacle::c_array>>,
                  "pgrepo: [c_array] a record must not hold a C array; use std::array, std::vector or std::string");
    static_assert(has_no_reference<T, field_in_the_way<T, obstacle::reference>>,
                  "pgrepo: [reference_field] a record must not hold a reference: a row is made first and filled then; "
                  "hold a value");
    static_assert(has_no_const_field<T, field_in_the_way<T, obstacle::constant>>,
                  "pgrepo: [const_field] a record's field must not be const or volatile: a row is made first and "
                  "filled then; leave the word out");
};

} // namespace pgrepo::detail
