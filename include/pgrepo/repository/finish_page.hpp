#pragma once

#include <pgrepo/contract/finish.hpp>
#include <pgrepo/contract/page.hpp>

#include <cstdint>

namespace pgrepo::detail {

/// Rows of page_statement: the total, a marker that is NULL where the page is empty, then the record.
template <class Record> struct finish_page {
    using rows_codec = row_codec<Record, in_field_order<Record, 2>>;
    static constexpr const row_shape* shape = &rows_codec::shape;

    page_request request;

    template <RowSource Rows> page<Record> operator()(const Rows& rows, const statement_ref& statement) const {
        page<Record> out{.items = {}, .total = std::int64_t{0}, .has_more = false, .request = request};
        const int count = rows.row_count();
        if (count == 0) raise_no_row(statement, "the page's statement returned no row");
        value_codec<std::int64_t>::decode(rows, 0, *out.total, statement);
        if (!rows.cell_at(0, 1).is_null()) {
            out.items.resize(static_cast<std::size_t>(count));
            for (int i = 0; i < count; ++i)
                rows_codec::decode(rows, i, out.items[static_cast<std::size_t>(i)], statement);
        }
        out.has_more = request.offset + out.items.size() < static_cast<std::uint64_t>(*out.total);
        return out;
    }
};

/// Without a total: one row more than the page was asked for, and that it came says that there are more.
template <class Record> struct finish_page_uncounted {
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
