#pragma once

#include <pgrepo/codec/row_codec.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgrepo::detail {

// What rows become; each is the `Finish` of an operation. `Codec` is a row_codec or a value_codec.

/// All rows, in a vector sized once.
template <class Row, class Codec = row_codec<Row>> struct finish_all {
    static constexpr const row_shape* shape = &Codec::shape;
    template <RowSource Rows> std::vector<Row> operator()(const Rows& rows, const statement_ref& statement) const {
        const int count = rows.row_count();
        std::vector<Row> out(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) Codec::decode(rows, i, out[static_cast<std::size_t>(i)], statement);
        return out;
    }
};

/// The first row, or nothing.
template <class Row, class Codec = row_codec<Row>> struct finish_first {
    static constexpr const row_shape* shape = &Codec::shape;
    template <RowSource Rows> std::optional<Row> operator()(const Rows& rows, const statement_ref& statement) const {
        std::optional<Row> out;
        if (rows.row_count() > 0) Codec::decode(rows, 0, out.emplace(), statement);
        return out;
    }
};

[[noreturn]] PGREPO_COLD inline void raise_too_many_rows(const statement_ref& statement, int count) {
    raise(error_kind::too_many_rows,
          "at most one row was asked for and " + std::to_string(count) +
              " came; add a condition or LIMIT 1, or use select",
          statement.id, statement.where);
}
[[noreturn]] PGREPO_COLD inline void raise_no_row(const statement_ref& statement, const char* what) {
    raise(error_kind::not_found, what, statement.id, statement.where);
}

/// The only row, or nothing; more than one is an error.
template <class Row, class Codec = row_codec<Row>> struct finish_at_most_one : finish_first<Row, Codec> {
    template <RowSource Rows> std::optional<Row> operator()(const Rows& rows, const statement_ref& statement) const {
        if (rows.row_count() > 1) raise_too_many_rows(statement, rows.row_count());
        return finish_first<Row, Codec>::operator()(rows, statement);
    }
};

/// The only row; none or more is an error.
template <class Row, class Codec = row_codec<Row>> struct finish_exactly_one {
    static constexpr const row_shape* shape = &Codec::shape;
    template <RowSource Rows> Row operator()(const Rows& rows, const statement_ref& statement) const {
        if (rows.row_count() > 1) raise_too_many_rows(statement, rows.row_count());
        if (rows.row_count() == 0) raise_no_row(statement, "one row was asked for and none came");
        Row out{};
        Codec::decode(rows, 0, out, statement);
        return out;
    }
};

/// The row that was changed; none means that there is no such record (any more).
template <class Row, class Codec = row_codec<Row>> struct finish_changed : finish_exactly_one<Row, Codec> {
    template <RowSource Rows> Row operator()(const Rows& rows, const statement_ref& statement) const {
        if (rows.row_count() == 0) raise_no_row(statement, "there is no record with this key, or it was removed");
        return finish_exactly_one<Row, Codec>::operator()(rows, statement);
    }
};

/// How many rows were changed.
struct finish_count {
    static constexpr const row_shape* shape = nullptr;
    template <RowSource Rows> std::int64_t operator()(const Rows& rows, const statement_ref&) const {
        return rows.affected_rows();
    }
};

/// Whether any row was changed.
struct finish_any {
    static constexpr const row_shape* shape = nullptr;
    template <RowSource Rows> bool operator()(const Rows& rows, const statement_ref&) const {
        return rows.affected_rows() > 0;
    }
};

} // namespace pgrepo::detail
