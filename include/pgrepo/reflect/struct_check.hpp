#pragma once

#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/reflectable.hpp>

#include <cstddef>

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
                  "give every member a default or a type that has one");
    static_assert(has_at_most_64_fields<T, counted<field_counter<T>::counted>>,
                  "pgrepo: [too_many_fields] a record has at most 64 fields; split it, or select fewer columns");
};

} // namespace pgrepo::detail
