#pragma once

#include <pgrepo/codec/decode.hpp>
#include <pgrepo/sql/query_check.hpp>

#include <array>
#include <string_view>

namespace pgrepo::detail {

/// A result whose columns are reached in the order of a row's fields.
template <class Rows, std::size_t Fields> struct rows_by_field {
    const Rows& rows;
    std::array<int, Fields> positions;

    [[nodiscard]] int row_count() const { return rows.row_count(); }
    [[nodiscard]] int column_count() const { return static_cast<int>(Fields); }
    [[nodiscard]] oid column_type(int field) const {
        return rows.column_type(positions[static_cast<std::size_t>(field)]);
    }
    [[nodiscard]] std::string_view column_name(int field) const {
        return rows.column_name(positions[static_cast<std::size_t>(field)]);
    }
    [[nodiscard]] cell cell_at(int row, int field) const {
        return rows.cell_at(row, positions[static_cast<std::size_t>(field)]);
    }
    [[nodiscard]] std::int64_t affected_rows() const { return rows.affected_rows(); }
};

/// Finishes a statement whose text was not known when compiled: fields find their columns by name, once a result.
/// The shape, checked before, guarantees that each is there exactly once.
template <class Row, class Finish> struct finish_by_name {
    static constexpr const row_shape* shape = &row_codec<Row, positions_by_name<Row>>::shape;

    template <RowSource Rows> auto operator()(const Rows& rows, const statement_ref& statement) const {
        rows_by_field<Rows, column_count<Row>> by_field{rows, {}};
        for (std::size_t field = 0; field < column_count<Row>; ++field)
            for (int i = 0; i < rows.column_count(); ++i)
                if (rows.column_name(i) == column_places<Row>[field].name) by_field.positions[field] = i;
        return Finish{}(by_field, statement);
    }
};

/// The Finish of a statement that gives Row: by constant positions where the text is known, else by name.
template <class Statement, class Row, template <class, class> class Finish> struct finish_of_statement {
    using type = finish_by_name<Row, Finish<Row, row_codec<Row>>>;
};
template <class R, fixed_string Text, fixed_string Id, class Row, template <class, class> class Finish>
struct finish_of_statement<query_statement<R, Text, Id>, Row, Finish> {
    using type = Finish<Row, row_codec<Row, positions_in_list<Row, Text>>>;
};

} // namespace pgrepo::detail
