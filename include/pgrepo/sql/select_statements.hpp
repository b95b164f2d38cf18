#pragma once

#include <pgrepo/sql/criteria_nodes.hpp>
#include <pgrepo/sql/order.hpp>
#include <pgrepo/sql/record_statements.hpp>

#include <cstdint>
#include <string_view>

namespace pgrepo::detail {

// The statements that a criterion filters. Their texts are functions of the criterion's and the ordering's types.

/// " WHERE …" of a criterion and, unless removed rows are wanted, of soft delete.
template <class Record, class Node, bool WithDeleted> constexpr void write_where(sql_writer& out) {
    if constexpr (Node::is_condition) {
        out.put(" WHERE ");
        Node::write(out);
        if (!WithDeleted) write_not_deleted(out, columns_of<Record>, " AND ");
    } else if (!WithDeleted) {
        write_not_deleted(out, columns_of<Record>, " WHERE ");
    }
}

enum class row_limit : unsigned char { none, one, parameters };

template <class Record, class Node, class Order, row_limit Limit, bool WithDeleted> struct select_statement {
    using limits =
        std::conditional_t<Limit == row_limit::parameters, type_list<std::int64_t, std::int64_t>, type_list<>>;
    using parameters = typename join_lists<typename Node::parameters, limits>::type;
    static constexpr void write_id(sql_writer& out) {
        write_statement_id(out, table_of<Record>,
                           Limit == row_limit::none ? "find_all"
                                                    : (Limit == row_limit::one ? "find_one" : "find_page"));
    }
    static constexpr void write(sql_writer& out) {
        write_select(out, columns_of<Record>, table_of<Record>);
        write_where<Record, Node, WithDeleted>(out);
        write_order<Record>(out, Order{}, Limit == row_limit::parameters);
        if (Limit == row_limit::one) out.put(" LIMIT 1");
        if (Limit == row_limit::parameters) {
            out.put(" LIMIT ").placeholder();
            out.put(" OFFSET ").placeholder();
        }
    }
};

template <class Record, class Node, bool WithDeleted> struct count_statement {
    using parameters = typename Node::parameters;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "count"); }
    static constexpr void write(sql_writer& out) {
        out.put("SELECT count(*) FROM ").table(table_of<Record>);
        write_where<Record, Node, WithDeleted>(out);
    }
};

template <class Record, class Node, bool WithDeleted> struct exists_statement {
    using parameters = typename Node::parameters;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "exists"); }
    static constexpr void write(sql_writer& out) {
        out.put("SELECT EXISTS (SELECT FROM ").table(table_of<Record>);
        write_where<Record, Node, WithDeleted>(out);
        out.put(')');
    }
};

/// A page and the total in one statement, hence of one snapshot. The count is one row, to which the page's rows are
/// joined; where the page is empty that row comes alone and says so by a NULL marker. The last ORDER BY repeats the
/// inner one because a join promises no order. The names with a space are no column's: a field that the table lacks must
/// not find them.
template <class Record, class Node, class Order, bool WithDeleted> struct page_statement {
    using parameters = typename join_lists<typename Node::parameters, type_list<std::int64_t, std::int64_t>>::type;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "find_page"); }
    static constexpr void write(sql_writer& out) {
        out.put("SELECT t.\"pgrepo total\", p.\"pgrepo row\", ");
        write_columns(out, columns_of<Record>, "p");
        out.put(" FROM (SELECT count(*) AS \"pgrepo total\" FROM ").table(table_of<Record>);
        write_where<Record, Node, WithDeleted>(out);
        out.put(") AS t LEFT JOIN LATERAL (SELECT true AS \"pgrepo row\", ");
        write_columns(out, columns_of<Record>);
        out.put(" FROM ").table(table_of<Record>);
        out.rewind_placeholders(0);
        write_where<Record, Node, WithDeleted>(out);
        write_order<Record>(out, Order{}, true);
        out.put(" LIMIT ").placeholder();
        out.put(" OFFSET ").placeholder();
        out.put(") AS p ON true");
        write_order<Record>(out, Order{}, true, "p");
    }
};

} // namespace pgrepo::detail
