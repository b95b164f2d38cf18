#pragma once

#include <pgrepo/contract/finish.hpp>
#include <pgrepo/contract/page.hpp>

#include <cstdint>
#include <limits>

namespace pgrepo::detail {

/// What a page's LIMIT and OFFSET are given.
struct page_bounds {
    std::int64_t limit = 0;
    std::int64_t offset = 0;
};
/// Without a total, one row more is asked for than the page holds. Throws `encode` for an offset over bigint's range.
inline page_bounds bounds_of(const page_request& request, const statement_ref& statement) {
    if (request.offset > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        raise(error_kind::encode, "page_request::offset is larger than PostgreSQL's bigint", statement.id,
              statement.where);
    return {std::int64_t{request.limit} + (request.total == total::exact ? 0 : 1),
            static_cast<std::int64_t>(request.offset)};
}

/// Rows of page_statement: the total, a marker that is NULL where the page is empty, then the record.
template <class Record> struct finish_page {
    using result_type = page<Record>;
    using rows_codec = row_codec<Record, in_field_order<Record, 2>>;
    static constexpr const row_shape* shape = &rows_codec::shape;

    page_request request;

    template <RowSource Rows> page<Record> operator()(const Rows& rows, const statement_ref& statement) const {
        page<Record> out{.items = {}, .total = std::int64_t{0}, .has_more = false, .request = request};
        const int count = rows.row_count();
        if (count == 0) raise_no_row(statement, "the page's statement returned no row");
        value_codec<std::int64_t>::decode(rows, 0, 1, &*out.total, statement);
        if (!rows.cell_at(0, 1).is_null()) {
            out.items.resize(static_cast<std::size_t>(count));
            rows_codec::decode(rows, 0, count, out.items.data(), statement);
        }
        out.has_more = request.offset + out.items.size() < static_cast<std::uint64_t>(*out.total);
        return out;
    }
};

/// Without a total: one row more than the page was asked for, and that it came says that there are more.
template <class Record> struct finish_page_uncounted {
    using result_type = page<Record>;
    static constexpr const row_shape* shape = &row_codec<Record>::shape;

    page_request request;

    template <RowSource Rows> page<Record> operator()(const Rows& rows, const statement_ref& statement) const {
        page<Record> out{
            .items = finish_all<Record>{}(rows, statement), .total = {}, .has_more = false, .request = request};
        out.has_more = out.items.size() > request.limit;
        if (out.has_more) out.items.resize(request.limit);
        return out;
    }
};

} // namespace pgrepo::detail
