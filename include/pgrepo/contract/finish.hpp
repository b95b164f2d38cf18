#pragma once

#include <pgrepo/codec/row_codec.hpp>
#include <pgrepo/contract/stale_version.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace pgrepo::detail {

// What rows become; each is the `Finish` of an operation. `Codec` is a row_codec or, of one row, a value_codec.

/// All rows, in a vector sized once.
template <class Row, class Codec = row_codec<Row>> struct finish_all {
    using result_type = std::vector<Row>;
    static constexpr const row_shape* shape = &Codec::shape;
    template <RowSource Rows> std::vector<Row> operator()(const Rows& rows, const statement_ref& statement) const {
        const int count = rows.row_count();
        std::vector<Row> out(static_cast<std::size_t>(count));
        if (count > 0) Codec::decode(rows, 0, count, __builtin_addressof(out[0]), statement);
        return out;
    }
};

/// Converts to the first row, in one function for whatever reads one row of a Row: what makes a Row, and ends it where a cell
/// does not fit, is in no other. An optional that is made of it has the row read in place. Then nothing has to end or to move
/// an optional, which is what compilers spend their time on.
template <class Row, class Codec, RowSource Rows> struct first_row {
    const Rows& rows;
    const statement_ref& statement;
    PGREPO_NOINLINE operator Row() const {
        Row out{};
        Codec::decode(rows, 0, 1, __builtin_addressof(out), statement);
        return out;
    }
};

/// The first row, or nothing.
template <class Row, class Codec = row_codec<Row>> struct finish_first {
    using result_type = std::optional<Row>;
    static constexpr const row_shape* shape = &Codec::shape;
    template <RowSource Rows> std::optional<Row> operator()(const Rows& rows, const statement_ref& statement) const {
        if (rows.row_count() == 0) return std::nullopt;
        return std::optional<Row>(std::in_place, first_row<Row, Codec, Rows>{rows, statement});
    }
};

[[noreturn]] PGREPO_COLD PGREPO_DECL void raise_too_many_rows(const statement_ref& statement, int count);
[[noreturn]] PGREPO_COLD PGREPO_DECL void raise_no_row(const statement_ref& statement, const char* what);
inline void require_one_row(const statement_ref& statement, int count, const char* missing) {
    if (count > 1) raise_too_many_rows(statement, count);
    if (count == 0) raise_no_row(statement, missing);
}

/// The only row, or nothing; more than one is an error.
template <class Row, class Codec = row_codec<Row>> struct finish_at_most_one : finish_first<Row, Codec> {
    template <RowSource Rows> std::optional<Row> operator()(const Rows& rows, const statement_ref& statement) const {
        if (rows.row_count() > 1) raise_too_many_rows(statement, rows.row_count());
        return finish_first<Row, Codec>::operator()(rows, statement);
    }
};

/// The only row; none or more is an error. `missing` says what it means that there is none.
template <class Row, class Codec = row_codec<Row>> struct finish_exactly_one {
    using result_type = Row;
    static constexpr const row_shape* shape = &Codec::shape;
    const char* missing = "one row was asked for and none came";
    template <RowSource Rows> Row operator()(const Rows& rows, const statement_ref& statement) const {
        require_one_row(statement, rows.row_count(), missing);
        return first_row<Row, Codec, Rows>{rows, statement};
    }
};

inline constexpr const char* no_such_record = "there is no record with this key, or it was removed";

/// The row that was changed, or that has another version than was expected: its first column says which.
template <class Row> struct finish_checked_change {
    using result_type = Row;
    using codec_type = row_codec<Row, in_field_order<Row, 1>>;
    static constexpr const row_shape* shape = &codec_type::shape;
    template <RowSource Rows> Row operator()(const Rows& rows, const statement_ref& statement) const {
        require_one_row(statement, rows.row_count(), no_such_record);
        bool fresh = false;
        value_codec<bool>::decode(rows, 0, 1, &fresh, statement);
        Row out{};
        codec_type::decode(rows, 0, 1, __builtin_addressof(out), statement);
        if (!fresh) raise_stale(std::move(out), statement);
        return out;
    }
};

/// How many rows were changed.
struct finish_count {
    using result_type = std::int64_t;
    static constexpr const row_shape* shape = nullptr;
    template <RowSource Rows> std::int64_t operator()(const Rows& rows, const statement_ref&) const {
        return rows.affected_rows();
    }
};

/// Whether any row was changed.
struct finish_any {
    using result_type = bool;
    static constexpr const row_shape* shape = nullptr;
    template <RowSource Rows> bool operator()(const Rows& rows, const statement_ref&) const {
        return rows.affected_rows() > 0;
    }
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/contract/impl/finish.ipp>
#endif
