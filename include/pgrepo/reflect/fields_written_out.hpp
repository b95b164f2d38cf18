#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// What fields are declared as.
template <class... Types> struct declared_types {};
/// In place of them where a field is a bit-field: no reference binds to one.
struct no_references {};
template <class... Types> void refer_to(Types&...); // never defined

/// What can be asked of a struct only with so many `{}` or names written out: neither expands from a pack.
///   fit    it has so many fields, or more: `{}` is one field, whatever the field is, and calls no foreign template
///   then   and behind them such that take the probes. With parentheses no field is taken for several, and behind
///          declval no constexpr constructor of a field's type is tried out, whose body may be a hard error
///   types  how so many fields are declared
///   visit  all of them as arguments of one call
template <std::size_t Count> struct fields_written_out;

template <> struct fields_written_out<0> {
    template <class T> static constexpr bool fit = true;
    template <class T, class... Probes> static constexpr bool then = requires { T(std::declval<Probes>()...); };
    template <class T> static declared_types<> types(T&);
    template <class T, class Function> static constexpr decltype(auto) visit(T&, Function&& function) {
        return function();
    }
};

// A number is 8 * (rows before) + (fields in the last row).
#define PGREPO_ROW_1(use, row) use(row##1)
#define PGREPO_ROW_2(use, row) PGREPO_ROW_1(use, row), use(row##2)
#define PGREPO_ROW_3(use, row) PGREPO_ROW_2(use, row), use(row##3)
#define PGREPO_ROW_4(use, row) PGREPO_ROW_3(use, row), use(row##4)
#define PGREPO_ROW_5(use, row) PGREPO_ROW_4(use, row), use(row##5)
#define PGREPO_ROW_6(use, row) PGREPO_ROW_5(use, row), use(row##6)
#define PGREPO_ROW_7(use, row) PGREPO_ROW_6(use, row), use(row##7)
#define PGREPO_ROW_8(use, row) PGREPO_ROW_7(use, row), use(row##8)
#define PGREPO_ROWS_0(use)
#define PGREPO_ROWS_1(use) PGREPO_ROW_8(use, a),
#define PGREPO_ROWS_2(use) PGREPO_ROWS_1(use) PGREPO_ROW_8(use, b),
#define PGREPO_ROWS_3(use) PGREPO_ROWS_2(use) PGREPO_ROW_8(use, c),
#define PGREPO_ROWS_4(use) PGREPO_ROWS_3(use) PGREPO_ROW_8(use, d),
#define PGREPO_ROWS_5(use) PGREPO_ROWS_4(use) PGREPO_ROW_8(use, e),
#define PGREPO_ROWS_6(use) PGREPO_ROWS_5(use) PGREPO_ROW_8(use, f),
#define PGREPO_ROWS_7(use) PGREPO_ROWS_6(use) PGREPO_ROW_8(use, g),
#define PGREPO_BRACES(field)                                                                                           \
    {}
#define PGREPO_NAME(field) field
#define PGREPO_TYPE(field) decltype(field)
#define PGREPO_FIELDS(use, rows, last) PGREPO_ROWS_##rows(use) PGREPO_ROW_##last(use, h)

#define PGREPO_COUNT(rows, last)                                                                                       \
    template <> struct fields_written_out<8 * rows + last> {                                                           \
        template <class T> static constexpr bool fit = requires { T{PGREPO_FIELDS(PGREPO_BRACES, rows, last)}; };      \
        template <class T, class... Probes>                                                                            \
        static constexpr bool then =                                                                                   \
            requires { T(PGREPO_FIELDS(PGREPO_BRACES, rows, last), std::declval<Probes>()...); };                      \
        template <class T> static auto types(T& object) {                                                              \
            auto& [PGREPO_FIELDS(PGREPO_NAME, rows, last)] = object;                                                   \
            if constexpr (requires { refer_to(PGREPO_FIELDS(PGREPO_NAME, rows, last)); })                              \
                return declared_types<PGREPO_FIELDS(PGREPO_TYPE, rows, last)>{};                                       \
            else                                                                                                       \
                return no_references{};                                                                                \
        }                                                                                                              \
        template <class T, class Function> static constexpr decltype(auto) visit(T& object, Function&& function) {     \
            auto& [PGREPO_FIELDS(PGREPO_NAME, rows, last)] = object;                                                   \
            return function(PGREPO_FIELDS(PGREPO_NAME, rows, last));                                                   \
        }                                                                                                              \
    };
#define PGREPO_COUNTS(rows)                                                                                            \
    PGREPO_COUNT(rows, 1)                                                                                              \
    PGREPO_COUNT(rows, 2)                                                                                              \
    PGREPO_COUNT(rows, 3)                                                                                              \
    PGREPO_COUNT(rows, 4)                                                                                              \
    PGREPO_COUNT(rows, 5)                                                                                              \
    PGREPO_COUNT(rows, 6)                                                                                              \
    PGREPO_COUNT(rows, 7)                                                                                              \
    PGREPO_COUNT(rows, 8)

PGREPO_COUNTS(0)
PGREPO_COUNTS(1)
PGREPO_COUNTS(2)
PGREPO_COUNTS(3)
PGREPO_COUNTS(4)
PGREPO_COUNTS(5)
PGREPO_COUNTS(6)
PGREPO_COUNTS(7)

#undef PGREPO_ROW_1
#undef PGREPO_ROW_2
#undef PGREPO_ROW_3
#undef PGREPO_ROW_4
#undef PGREPO_ROW_5
#undef PGREPO_ROW_6
#undef PGREPO_ROW_7
#undef PGREPO_ROW_8
#undef PGREPO_ROWS_0
#undef PGREPO_ROWS_1
#undef PGREPO_ROWS_2
#undef PGREPO_ROWS_3
#undef PGREPO_ROWS_4
#undef PGREPO_ROWS_5
#undef PGREPO_ROWS_6
#undef PGREPO_ROWS_7
#undef PGREPO_BRACES
#undef PGREPO_NAME
#undef PGREPO_TYPE
#undef PGREPO_FIELDS
#undef PGREPO_COUNT
#undef PGREPO_COUNTS

} // namespace pgrepo::detail
