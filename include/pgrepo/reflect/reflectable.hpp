#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// Converts to every base of T and to nothing else: a T can be made of it where it has a base to fill.
template <class T> struct base_probe {
    template <class Base>
        requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>)
    operator Base() const noexcept;
};
/// Converts to nothing; a member such as std::any takes even this, and then the probe above says nothing.
struct no_probe {};

// With parentheses and declval no constexpr constructor of a member is tried out, whose body may be a hard error.
template <class T, class Probe>
concept MadeOf = requires { T(std::declval<Probe>()); };
#if defined(__GNUC__) && !defined(__clang__)
template <class... Bases> inline constexpr bool any_of_them = sizeof...(Bases) != 0;
template <class T> inline constexpr bool has_base_class = any_of_them<__direct_bases(T)...>;
#else
template <class T> inline constexpr bool has_base_class = MadeOf<T, base_probe<T>> && !MadeOf<T, no_probe>;
#endif

template <class T> inline constexpr bool is_defined = requires { sizeof(T); };
/// As std::array and std::pair are: a structured binding asks them for their elements and not for their fields.
template <class T> inline constexpr bool is_tuple_like = requires { sizeof(std::tuple_size<T>); };
template <class T>
inline constexpr bool is_plain_class = __is_class(T) && !std::is_same_v<T, const T> && !std::is_same_v<T, volatile T> &&
                                       is_defined<T> && !is_tuple_like<T>;
template <class T> inline constexpr bool is_aggregate_struct = __is_aggregate(T);
template <class T> inline constexpr bool is_default_constructible = __is_constructible(T);

// The same, asked only where it can be: true elsewhere. No lambdas here, nor in what else each struct brings: to make one for a
// struct costs g++ more than to make a variable or a function.
template <class T, bool Asked> inline constexpr bool is_aggregate_where = true;
template <class T> inline constexpr bool is_aggregate_where<T, true> = is_aggregate_struct<T>;
template <class T, bool Asked> inline constexpr bool is_without_base_where = true;
template <class T> inline constexpr bool is_without_base_where<T, true> = !has_base_class<T>;
template <class T, bool Asked> inline constexpr bool is_constructible_where = true;
template <class T> inline constexpr bool is_constructible_where<T, true> = is_default_constructible<T>;

/// Whether the fields of T can be named and counted. A verdict only: the worded errors are struct_check's, since clang
/// takes no constant from a class in which an assertion failed, and a second error would follow.
template <class T> struct reflectable {
    static constexpr bool plain = is_plain_class<T>;
    static constexpr bool aggregate = is_aggregate_where<T, plain>;
    static constexpr bool without_base = is_without_base_where<T, (plain && aggregate)>;
    static constexpr bool constructible = is_constructible_where<T, (plain && aggregate && without_base)>;
    static constexpr bool ok = plain && aggregate && without_base && constructible;
};

} // namespace pgrepo::detail
