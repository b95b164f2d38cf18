#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// What fields are declared as.
template <class... Types> struct declared_types {};
/// In place of them where a field is a bit-field: no reference binds to one.
struct no_references {};
template <class... Types> void refer_to(Types&...); // never defined
/// What `Void` is, void or const void, is not told by the fields: a mutable one of a const object is not const.
template <class Void, class... Fields>
constexpr std::array<Void*, sizeof...(Fields)> addresses_of(Fields&... fields) noexcept {
    return {__builtin_addressof(fields)...};
}

/// What can be asked of a struct only with so many `{}` or names written out: neither expands from a pack.
///   fit    it has so many fields, or more: `{}` is one field, whatever the field is, and calls no foreign template
///   then   and behind them such that take the probes. With parentheses no field is taken for several, and behind
///          declval no constexpr constructor of a field's type is tried out, whose body may be a hard error
///   types  how so many fields are declared
///   addresses  where all of them are
template <std::size_t Count> struct fields_written_out;

template <> struct fields_written_out<0> {
    template <class T> static constexpr bool fit = true;
    template <class T, class... Probes> static constexpr bool then = requires { T(std::declval<Probes>()...); };
    template <class T> static declared_types<> types(T&);
    template <class Void, class T> static constexpr auto addresses(T&) { return std::array<Void*, 0>{}; }
};

// clang-format off
// The lists are macros without arguments, handed on whole: to make each entry by a call and by pasting is most of what
// the header then costs. A list of 8 * r + n entries is ROWS_r and behind it LAST_n.
#define PGREPO_NAMES_ROWS_0
#define PGREPO_NAMES_ROWS_1 a1, a2, a3, a4, a5, a6, a7, a8,
#define PGREPO_NAMES_ROWS_2 PGREPO_NAMES_ROWS_1 b1, b2, b3, b4, b5, b6, b7, b8,
#define PGREPO_NAMES_ROWS_3 PGREPO_NAMES_ROWS_2 c1, c2, c3, c4, c5, c6, c7, c8,
#define PGREPO_NAMES_ROWS_4 PGREPO_NAMES_ROWS_3 d1, d2, d3, d4, d5, d6, d7, d8,
#define PGREPO_NAMES_ROWS_5 PGREPO_NAMES_ROWS_4 e1, e2, e3, e4, e5, e6, e7, e8,
#define PGREPO_NAMES_ROWS_6 PGREPO_NAMES_ROWS_5 f1, f2, f3, f4, f5, f6, f7, f8,
#define PGREPO_NAMES_ROWS_7 PGREPO_NAMES_ROWS_6 g1, g2, g3, g4, g5, g6, g7, g8,
#define PGREPO_NAMES_LAST_1 h1
#define PGREPO_NAMES_LAST_2 PGREPO_NAMES_LAST_1, h2
#define PGREPO_NAMES_LAST_3 PGREPO_NAMES_LAST_2, h3
#define PGREPO_NAMES_LAST_4 PGREPO_NAMES_LAST_3, h4
#define PGREPO_NAMES_LAST_5 PGREPO_NAMES_LAST_4, h5
#define PGREPO_NAMES_LAST_6 PGREPO_NAMES_LAST_5, h6
#define PGREPO_NAMES_LAST_7 PGREPO_NAMES_LAST_6, h7
#define PGREPO_NAMES_LAST_8 PGREPO_NAMES_LAST_7, h8
#define PGREPO_TYPES_ROWS_0
#define PGREPO_TYPES_ROWS_1 \
    decltype(a1), decltype(a2), decltype(a3), decltype(a4), decltype(a5), decltype(a6), decltype(a7), decltype(a8),
#define PGREPO_TYPES_ROWS_2 PGREPO_TYPES_ROWS_1 \
    decltype(b1), decltype(b2), decltype(b3), decltype(b4), decltype(b5), decltype(b6), decltype(b7), decltype(b8),
#define PGREPO_TYPES_ROWS_3 PGREPO_TYPES_ROWS_2 \
    decltype(c1), decltype(c2), decltype(c3), decltype(c4), decltype(c5), decltype(c6), decltype(c7), decltype(c8),
#define PGREPO_TYPES_ROWS_4 PGREPO_TYPES_ROWS_3 \
    decltype(d1), decltype(d2), decltype(d3), decltype(d4), decltype(d5), decltype(d6), decltype(d7), decltype(d8),
#define PGREPO_TYPES_ROWS_5 PGREPO_TYPES_ROWS_4 \
    decltype(e1), decltype(e2), decltype(e3), decltype(e4), decltype(e5), decltype(e6), decltype(e7), decltype(e8),
#define PGREPO_TYPES_ROWS_6 PGREPO_TYPES_ROWS_5 \
    decltype(f1), decltype(f2), decltype(f3), decltype(f4), decltype(f5), decltype(f6), decltype(f7), decltype(f8),
#define PGREPO_TYPES_ROWS_7 PGREPO_TYPES_ROWS_6 \
    decltype(g1), decltype(g2), decltype(g3), decltype(g4), decltype(g5), decltype(g6), decltype(g7), decltype(g8),
#define PGREPO_TYPES_LAST_1 decltype(h1)
#define PGREPO_TYPES_LAST_2 PGREPO_TYPES_LAST_1, decltype(h2)
#define PGREPO_TYPES_LAST_3 PGREPO_TYPES_LAST_2, decltype(h3)
#define PGREPO_TYPES_LAST_4 PGREPO_TYPES_LAST_3, decltype(h4)
#define PGREPO_TYPES_LAST_5 PGREPO_TYPES_LAST_4, decltype(h5)
#define PGREPO_TYPES_LAST_6 PGREPO_TYPES_LAST_5, decltype(h6)
#define PGREPO_TYPES_LAST_7 PGREPO_TYPES_LAST_6, decltype(h7)
#define PGREPO_TYPES_LAST_8 PGREPO_TYPES_LAST_7, decltype(h8)
#define PGREPO_BRACES_ROWS_0
#define PGREPO_BRACES_ROWS_1 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_ROWS_2 PGREPO_BRACES_ROWS_1 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_ROWS_3 PGREPO_BRACES_ROWS_2 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_ROWS_4 PGREPO_BRACES_ROWS_3 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_ROWS_5 PGREPO_BRACES_ROWS_4 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_ROWS_6 PGREPO_BRACES_ROWS_5 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_ROWS_7 PGREPO_BRACES_ROWS_6 {}, {}, {}, {}, {}, {}, {}, {},
#define PGREPO_BRACES_LAST_1 {}
#define PGREPO_BRACES_LAST_2 PGREPO_BRACES_LAST_1, {}
#define PGREPO_BRACES_LAST_3 PGREPO_BRACES_LAST_2, {}
#define PGREPO_BRACES_LAST_4 PGREPO_BRACES_LAST_3, {}
#define PGREPO_BRACES_LAST_5 PGREPO_BRACES_LAST_4, {}
#define PGREPO_BRACES_LAST_6 PGREPO_BRACES_LAST_5, {}
#define PGREPO_BRACES_LAST_7 PGREPO_BRACES_LAST_6, {}
#define PGREPO_BRACES_LAST_8 PGREPO_BRACES_LAST_7, {}
// clang-format on

#define PGREPO_COUNT(count, names, declared, braces)                                                                   \
    template <> struct fields_written_out<count> {                                                                     \
        template <class T> static constexpr bool fit = requires { T{braces}; };                                        \
        template <class T, class... Probes>                                                                            \
        static constexpr bool then = requires { T(braces, std::declval<Probes>()...); };                               \
        template <class T> static auto types(T& object) {                                                              \
            auto& [names] = object;                                                                                    \
            if constexpr (requires { refer_to(names); })                                                               \
                return declared_types<declared>{};                                                                     \
            else                                                                                                       \
                return no_references{};                                                                                \
        }                                                                                                              \
        template <class Void, class T> static constexpr auto addresses(T& object) noexcept {                           \
            auto& [names] = object;                                                                                    \
            return addresses_of<Void>(names);                                                                          \
        }                                                                                                              \
    };

#define PGREPO_LAST(rows, last)                                                                                        \
    PGREPO_COUNT(8 * rows + last, PGREPO_NAMES_ROWS_##rows PGREPO_NAMES_LAST_##last,                                   \
                 PGREPO_TYPES_ROWS_##rows PGREPO_TYPES_LAST_##last,                                                    \
                 PGREPO_BRACES_ROWS_##rows PGREPO_BRACES_LAST_##last)
// clang-format off
#define PGREPO_COUNTS(rows) \
    PGREPO_LAST(rows, 1) \
    PGREPO_LAST(rows, 2) \
    PGREPO_LAST(rows, 3) \
    PGREPO_LAST(rows, 4) \
    PGREPO_LAST(rows, 5) \
    PGREPO_LAST(rows, 6) \
    PGREPO_LAST(rows, 7) \
    PGREPO_LAST(rows, 8)
// clang-format on

PGREPO_COUNTS(0)
PGREPO_COUNTS(1)
PGREPO_COUNTS(2)
PGREPO_COUNTS(3)
PGREPO_COUNTS(4)
PGREPO_COUNTS(5)
PGREPO_COUNTS(6)
PGREPO_COUNTS(7)

#undef PGREPO_NAMES_ROWS_0
#undef PGREPO_NAMES_ROWS_1
#undef PGREPO_NAMES_ROWS_2
#undef PGREPO_NAMES_ROWS_3
#undef PGREPO_NAMES_ROWS_4
#undef PGREPO_NAMES_ROWS_5
#undef PGREPO_NAMES_ROWS_6
#undef PGREPO_NAMES_ROWS_7
#undef PGREPO_NAMES_LAST_1
#undef PGREPO_NAMES_LAST_2
#undef PGREPO_NAMES_LAST_3
#undef PGREPO_NAMES_LAST_4
#undef PGREPO_NAMES_LAST_5
#undef PGREPO_NAMES_LAST_6
#undef PGREPO_NAMES_LAST_7
#undef PGREPO_NAMES_LAST_8
#undef PGREPO_TYPES_ROWS_0
#undef PGREPO_TYPES_ROWS_1
#undef PGREPO_TYPES_ROWS_2
#undef PGREPO_TYPES_ROWS_3
#undef PGREPO_TYPES_ROWS_4
#undef PGREPO_TYPES_ROWS_5
#undef PGREPO_TYPES_ROWS_6
#undef PGREPO_TYPES_ROWS_7
#undef PGREPO_TYPES_LAST_1
#undef PGREPO_TYPES_LAST_2
#undef PGREPO_TYPES_LAST_3
#undef PGREPO_TYPES_LAST_4
#undef PGREPO_TYPES_LAST_5
#undef PGREPO_TYPES_LAST_6
#undef PGREPO_TYPES_LAST_7
#undef PGREPO_TYPES_LAST_8
#undef PGREPO_BRACES_ROWS_0
#undef PGREPO_BRACES_ROWS_1
#undef PGREPO_BRACES_ROWS_2
#undef PGREPO_BRACES_ROWS_3
#undef PGREPO_BRACES_ROWS_4
#undef PGREPO_BRACES_ROWS_5
#undef PGREPO_BRACES_ROWS_6
#undef PGREPO_BRACES_ROWS_7
#undef PGREPO_BRACES_LAST_1
#undef PGREPO_BRACES_LAST_2
#undef PGREPO_BRACES_LAST_3
#undef PGREPO_BRACES_LAST_4
#undef PGREPO_BRACES_LAST_5
#undef PGREPO_BRACES_LAST_6
#undef PGREPO_BRACES_LAST_7
#undef PGREPO_BRACES_LAST_8
#undef PGREPO_COUNT
#undef PGREPO_LAST
#undef PGREPO_COUNTS

} // namespace pgrepo::detail
