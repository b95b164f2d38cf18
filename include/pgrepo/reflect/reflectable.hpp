#pragma once

#include <cstddef>
#include <type_traits>

namespace pgrepo::detail {

/// Converts to every base of T and to nothing else: `T{base_probe<T>{}}` compiles where T has a base to fill.
template <class T> struct base_probe {
    template <class Base>
        requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>)
    constexpr operator Base() const noexcept;
};
/// Converts to nothing; a member such as std::any takes even this, and then the probe above says nothing.
struct no_probe {};

template <class T>
inline constexpr bool has_base_class = requires { T{base_probe<T>{}}; } && !requires { T{no_probe{}}; };

template <class T>
inline constexpr bool is_plain_class = std::is_class_v<T> && !std::is_const_v<T> && !std::is_volatile_v<T>;
template <class T> inline constexpr bool is_aggregate_struct = std::is_aggregate_v<T>;
template <class T> inline constexpr bool is_default_constructible = std::is_default_constructible_v<T>;

/// Whether the fields of T can be named and counted; each shape that cannot has one worded error.
/// A class and not a function: its `ok` stays usable after a failed assertion, so that no second error follows.
template <class T> struct reflectable {
    static constexpr bool plain = is_plain_class<T>;
    static_assert(plain, "pgrepo: [not_a_struct] a record must be a struct of your own, without const; "
                         "for a single value use select_value<T>");
    static constexpr bool aggregate = !plain || is_aggregate_struct<T>;
    static_assert(aggregate,
                  "pgrepo: [not_an_aggregate] a record must be a plain aggregate: no constructors, no private "
                  "members, no virtual functions; make it a struct with public members");
    static constexpr bool without_base = [] {
        if constexpr (plain && is_aggregate_struct<T>)
            return !has_base_class<T>;
        else
            return true;
    }();
    static_assert(without_base,
                  "pgrepo: [base_class] a record must not derive from another struct: its fields cannot be "
                  "named; write the fields into the record itself");
    static constexpr bool constructible = !plain || !aggregate || !without_base || is_default_constructible<T>;
    static_assert(constructible, "pgrepo: [not_default_constructible] a record must be default-constructible; "
                                 "give every member a default or a type that has one");
    static constexpr bool ok = plain && aggregate && without_base && constructible;
};

} // namespace pgrepo::detail
