#pragma once

#include <pgrepo/mapping/change.hpp>

#include <optional>
#include <type_traits>

namespace pgrepo::detail {

template <class T> struct optional_traits {
    static constexpr bool is_optional = false;
    static constexpr bool is_change = false;
    using value_type = T;
};
template <class T> struct optional_traits<std::optional<T>> {
    static constexpr bool is_optional = true;
    static constexpr bool is_change = false;
    using value_type = T;
};
template <class T> struct optional_traits<change<T>> {
    static constexpr bool is_optional = false;
    static constexpr bool is_change = true;
    using value_type = T;
};

template <class T> inline constexpr bool is_optional = optional_traits<T>::is_optional;
template <class T> inline constexpr bool is_change = optional_traits<T>::is_change;
/// T of optional<T> and of change<T>, else the type itself.
template <class T> using value_type_of = typename optional_traits<T>::value_type;

} // namespace pgrepo::detail
