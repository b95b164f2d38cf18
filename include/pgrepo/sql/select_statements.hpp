#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/base/choose.hpp>
#include <pgrepo/sql/criteria_nodes.hpp>
#include <pgrepo/sql/order.hpp>
#include <pgrepo/sql/record_statements.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pgrepo::detail {

// The statements that a criterion filters. Their texts are functions of the criterion's and the ordering's types.

/// " WHERE …" of a criterion and, unless removed rows are wanted, of soft delete.
template <class Record, class Node> constexpr void write_where(sql_writer& out, bool with_deleted) {
    if constexpr (Node::is_condition) {
        out.put(" WHERE ");
        Node::write(out);
        if (!with_deleted) write_not_deleted(out, view_of<Record>, " AND ");
    } else if (!with_deleted) {
        write_not_deleted(out, view_of<Record>, " WHERE ");
    }
}

using page_limits = type_list<std::int64_t, std::int64_t>;
constexpr void write_limits(sql_writer& out) {
    out.put(" LIMIT ").placeholder();
    out.put(" OFFSET ").placeholder();
}

enum class row_limit : unsigned char { none, one, parameters };

template <row_limit Limit> inline constexpr auto select_verb = fixed_string("find_all");
template <> inline constexpr auto select_verb<row_limit::one> = fixed_string("find_one");
template <> inline constexpr auto select_verb<row_limit::parameters> = fixed_string("find_page");

template <class Record, class Node, class Order, row_limit Limit, bool WithDeleted> struct select_statement {
    using list = column_list<Record>;
    using parameters = typename join_lists<typename Node::parameters,
                                           choose<Limit == row_limit::parameters, page_limits, type_list<>>>::type;
    static constexpr std::string_view id = statement_id<Record, select_verb<Limit>>;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) {
        write_select(out, source_of<Record>);
        write_where<Record, Node>(out, WithDeleted);
        write_order(out, view_of<Record>, sort_columns<effective_order<Record, Order>>::value,
                    Limit == row_limit::parameters);
        if (Limit == row_limit::one) out.put(" LIMIT 1");
        if (Limit == row_limit::parameters) write_limits(out);
    }
};

template <class Record, class Node, bool WithDeleted> struct count_statement {
    using parameters = typename Node::parameters;
    static constexpr std::string_view id = statement_id<Record, "count">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) {
        out.put("SELECT count(*) FROM ").table(table_of<Record>);
        write_where<Record, Node>(out, WithDeleted);
    }
};

template <class Record, class Node, bool WithDeleted> struct exists_statement {
    using parameters = typename Node::parameters;
    static constexpr std::string_view id = statement_id<Record, "exists">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) {
        out.put("SELECT EXISTS (SELECT FROM ").table(table_of<Record>);
        write_where<Record, Node>(out, WithDeleted);
        out.put(')');
    }
};

/// A page and the total in one statement, hence of one snapshot. The count is one row, to which the page's rows are
/// joined; where the page is empty that row comes alone and says so by a NULL marker. The last ORDER BY repeats the
/// inner one because a join promises no order. The names with a space are no column's: a field that the table lacks must
/// not find them.
template <class Record, class Node, class Order, bool WithDeleted> struct page_statement {
    using parameters = typename join_lists<typename Node::parameters, page_limits>::type;
    static constexpr std::string_view id = statement_id<Record, "find_page">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) {
        constexpr array_view<sort_column> order = sort_columns<effective_order<Record, Order>>::value;
        out.put("SELECT t.\"pgrepo total\", p.\"pgrepo row\", ");
        write_columns(out, view_of<Record>, "p");
        out.put(" FROM (SELECT count(*) AS \"pgrepo total\" FROM ").table(table_of<Record>);
        write_where<Record, Node>(out, WithDeleted);
        out.put(") AS t LEFT JOIN LATERAL (SELECT true AS \"pgrepo row\", ").put(source_of<Record>.list);
        out.put(" FROM ").table(table_of<Record>);
        out.rewind_placeholders(0);
        write_where<Record, Node>(out, WithDeleted);
        write_order(out, view_of<Record>, order, true);
        write_limits(out);
        out.put(") AS p ON true");
        write_order(out, view_of<Record>, order, true, "p");
    }
};

} // namespace pgrepo::detail
