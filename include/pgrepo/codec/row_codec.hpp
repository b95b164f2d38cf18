#pragma once

#include <pgrepo/codec/decode.hpp>
#include <pgrepo/mapping/layout.hpp>
#include <pgrepo/reflect/enumerators.hpp>
#include <pgrepo/reflect/fields.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// An enum class without enumerators. Its codec says so, but to whoever asks for it, and too late to be short: it is not
/// asked for where this holds.
template <class T> consteval bool is_enum_without_enumerators() {
    if constexpr (std::is_enum_v<T>) {
        if constexpr (!std::is_convertible_v<T, std::underlying_type_t<T>>) return !has_enumerators<T>();
    }
    return false;
}
template <class Enum> inline constexpr bool enum_has_enumerators = !is_enum_without_enumerators<Enum>();
template <class T> consteval bool can_be_read() {
    if constexpr (is_enum_without_enumerators<T>())
        return false;
    else
        return Decodable<T>;
}

/// Stands for a field where none is at fault.
struct every_field {};

template <class Field> inline constexpr bool field_can_be_read = can_be_read<value_type_of<Field>>();

template <class... Types> consteval std::size_t find_unread(declared_types<Types...>*) {
    std::size_t at = 0;
    (void)((field_can_be_read<Types> && (++at, true)) && ...);
    return at;
}
/// The first column without a codec; column_count where all have one.
template <class Row> inline constexpr std::size_t first_undecodable = find_unread(column_types<Row>);

/// Its name and type; every_field where there is none.
template <class Row> consteval auto find_undecodable() {
    constexpr std::size_t at = first_undecodable<Row>;
    if constexpr (at == column_count<Row>)
        return std::type_identity<std::pair<every_field, int>>{};
    else
        return std::type_identity<std::pair<column_name_label<Row, at>, column_type<Row, at>>>{};
}
template <class Row> using undecodable = typename decltype(find_undecodable<Row>())::type;

/// Rows can be decoded into Row; where they cannot, struct_check or row_check says why.
template <class Row, bool Known = has_known_fields<Row>> inline constexpr bool is_row = false;
template <class Row> inline constexpr bool is_row<Row, true> = first_undecodable<Row> == column_count<Row>;

// Conditions with names: a compiler prints them with their arguments when an assertion fails.
template <class Field, class Type, class Row> inline constexpr bool field_has_codec = false;
template <class Type, class Row> inline constexpr bool field_has_codec<every_field, Type, Row> = true;
template <class Value> inline constexpr bool value_has_codec = can_be_read<value_type_of<Value>>();

/// Says in one sentence why rows cannot be decoded into Row.
template <class Row> struct row_check {
    static constexpr bool said = true;
    using type = value_type_of<typename undecodable<Row>::second_type>;
    static_assert(
        enum_has_enumerators<type>,
        "pgrepo: [no_enumerators] this enum has no enumerator from 0 to 63; specialise pgrepo::enum_range for it");
    static_assert(
        !enum_has_enumerators<type> ||
            field_has_codec<typename undecodable<Row>::first_type, typename undecodable<Row>::second_type, Row>,
        "pgrepo: [no_codec] a field has a type that no codec reads; use a type of the table in docs/types.md, "
        "or specialise pgrepo::codec for it; printed: field, its type, the struct");
};

/// The same for a single value.
template <class Value> struct value_check {
    static constexpr bool said = true;
    static_assert(
        enum_has_enumerators<value_type_of<Value>>,
        "pgrepo: [no_enumerators] this enum has no enumerator from 0 to 63; specialise pgrepo::enum_range for it");
    static_assert(!enum_has_enumerators<value_type_of<Value>> || value_has_codec<Value>,
                  "pgrepo: [no_codec_value] no codec reads this type; use a type of the table in docs/types.md, or "
                  "specialise pgrepo::codec for it");
};

template <class Field> constexpr expected_column expect(std::string_view field_name, int position) {
    using value = value_type_of<Field>;
    return {field_name,           type_name_of<Field>(), codec<value>::type_name,
            &codec<value>::reads, &read_field<Field>,    position};
}

/// Fields in their order from result columns Offset, Offset + 1, …: the layout of every statement written here.
template <class Row, int Offset = 0> struct in_field_order {
    static constexpr int position(std::size_t field) noexcept { return static_cast<int>(field) + Offset; }
    static constexpr int width = static_cast<int>(column_count<Row>) + Offset;
};

template <class... Types>
consteval std::array<expected_column, sizeof...(Types)> expect_columns(const column_place* place,
                                                                       int (*position)(std::size_t) noexcept,
                                                                       declared_types<Types...>*) {
    std::size_t index = 0;
    return {expect<Types>(place++->name, position(index++))...};
}
template <class Row, class Positions>
inline constexpr auto expected_columns =
    expect_columns(column_places<Row>.data(), &Positions::position, column_types<Row>);

/// How rows of a result become a struct: the shape to check once, and the decoding of one row.
template <class Row, class Positions = in_field_order<Row>> struct row_codec {
    static constexpr row_shape shape{type_name_of<Row>(), expected_columns<Row, Positions>, Positions::width, true};

    /// `count` rows from `first` on, at least one, into objects that lie one behind the other.
    template <RowSource Rows>
    PGREPO_HOT PGREPO_NOINLINE static void decode(const Rows& rows, int first, int count, Row* to,
                                                  const statement_ref& statement) {
        const auto fields = located_columns<Row>::template addresses<void>(*to);
        decode_rows(rows, first, count, shape, {fields.data(), sizeof(Row)}, statement);
    }
};

/// The same for a single value, whose result column may have any name. One row is one value.
template <class Value> struct value_codec {
    static constexpr std::array<expected_column, 1> expected{expect<Value>("value", 0)};
    static constexpr row_shape shape{type_name_of<Value>(), expected, 1, false};

    template <RowSource Rows>
    static void decode(const Rows& rows, int row, int, Value* to, const statement_ref& statement) {
        const decoded outcome = decode_field(rows.cell_at(row, 0), *to);
        if (!outcome.ok()) [[unlikely]]
            raise_decode(statement, shape, expected[0], row, outcome);
    }
};

} // namespace pgrepo::detail
