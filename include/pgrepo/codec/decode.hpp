#pragma once

#include <pgrepo/base/cell.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/row_shape.hpp>
#include <pgrepo/mapping/optional_traits.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgrepo {

/// Anything that has rows and cells in binary format: libpq's result, a COPY stream's block, a fake.
/// `cell_at` is called once for each field; rows and columns count from 0.
template <class T>
concept RowSource = requires(const T& rows, int i) {
    { rows.row_count() } -> std::convertible_to<int>;
    { rows.column_count() } -> std::convertible_to<int>;
    { rows.column_type(i) } -> std::convertible_to<oid>;
    { rows.column_name(i) } -> std::convertible_to<std::string_view>;
    { rows.cell_at(i, i) } -> std::convertible_to<cell>;
    { rows.affected_rows() } -> std::convertible_to<std::int64_t>;
};

namespace detail {

template <class Field> decoded decode_field(cell from, Field& to) {
    if constexpr (is_optional<Field>) {
        if (from.is_null()) {
            to.reset();
            return {};
        }
        return codec<value_type_of<Field>>::decode(from, to.emplace());
    } else {
        if (from.is_null()) [[unlikely]]
            return decoded::failure("the value is NULL; make the field a std::optional, or the column NOT NULL");
        return codec<Field>::decode(from, to);
    }
}

/// The same where only expected_column knows the field's type.
template <class Field> PGREPO_HOT decoded read_field(cell from, void* field) {
    return decode_field(from, *static_cast<Field*>(field));
}

/// Throws `decode`: field, types and row are named, the value never is.
[[noreturn]] PGREPO_COLD PGREPO_DECL void raise_decode(const statement_ref& statement, const row_shape& shape,
                                                       const expected_column& field, int row, decoded outcome);

/// Where a row's cells go: the fields of one object in the order of the shape's columns, and how far on in memory those of
/// the next object lie, in bytes.
struct row_place {
    void* const* fields;
    std::size_t stride;
};
/// Reads the cells of `count` rows from `first` on into fields. Throws `decode`.
/// One function for all rows that come from the same kind of source, and not one more wherever it is called.
template <RowSource Rows>
PGREPO_HOT PGREPO_NOINLINE void decode_rows(const Rows& rows, int first, int count, const row_shape& shape,
                                            row_place place, const statement_ref& statement) {
    std::size_t offset = 0;
    for (int row = first; row < first + count; ++row, offset += place.stride) {
        void* const* field = place.fields;
        for (const expected_column& column : shape.columns) {
            const decoded outcome =
                column.read(rows.cell_at(row, column.position), static_cast<unsigned char*>(*field++) + offset);
            if (!outcome.ok()) [[unlikely]]
                raise_decode(statement, shape, column, row, outcome);
        }
    }
}

/// A result's columns, whatever the result is: what asks for them is then no template.
struct result_columns {
    const void* rows;
    int count;
    result_column (*at)(const void* rows, int column);
};
PGREPO_COLD PGREPO_DECL void require_shape(const row_shape& shape, const result_columns& columns,
                                           const statement_ref& statement);

/// Throws `decode` with every mismatch at once where a result cannot be decoded into the shape.
template <RowSource Rows> void check_shape(const row_shape& shape, const Rows& rows, const statement_ref& statement) {
    const auto column_at = [](const void* from, int column) {
        const Rows& asked = *static_cast<const Rows*>(from);
        return result_column{asked.column_name(column), asked.column_type(column)};
    };
    require_shape(shape, result_columns{&rows, rows.column_count(), column_at}, statement);
}

} // namespace detail
} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/codec/impl/decode.ipp>
#endif
