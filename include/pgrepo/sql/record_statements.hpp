#pragma once

#include <pgrepo/codec/list_parameter.hpp>
#include <pgrepo/sql/clauses.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <string_view>
#include <tuple>

namespace pgrepo::detail {

// The statements of a record that need nothing but its mapping. Each is a source for statement_constant.

/// "table.verb", what a statement is called in logs and errors.
constexpr void write_statement_id(sql_writer& out, std::string_view table, std::string_view verb) {
    out.put(table).put('.').put(verb);
}

template <class Record, bool WithDeleted> struct find_statement {
    using parameters = typename key_traits<Record>::parameters;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "find"); }
    static constexpr void write(sql_writer& out) {
        write_select(out, columns_of<Record>, table_of<Record>);
        write_key_equals(out, columns_of<Record>);
        if (!WithDeleted) write_not_deleted(out, columns_of<Record>, " AND ");
    }
};

template <class Record, bool WithDeleted> struct find_by_ids_statement {
    using parameters = type_list<list_parameter<typename key_traits<Record>::type>>;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "find_by_ids"); }
    static constexpr void write(sql_writer& out) {
        write_select(out, columns_of<Record>, table_of<Record>);
        for (const column& c : columns_of<Record>)
            if (c.key) out.put(" WHERE ").identifier(c.name).put(" = ANY(").placeholder().put(')');
        if (!WithDeleted) write_not_deleted(out, columns_of<Record>, " AND ");
    }
};

/// Soft where the mapping says so, else for good.
template <class Record> struct remove_statement {
    using parameters = typename key_traits<Record>::parameters;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "remove"); }
    static constexpr void write(sql_writer& out) {
        if (has_soft_delete<Record>) {
            out.put("UPDATE ").table(table_of<Record>).put(" SET ");
            for (const column& c : columns_of<Record>)
                if (c.soft_delete) out.identifier(c.name).put(" = now()");
        } else {
            out.put("DELETE FROM ").table(table_of<Record>);
        }
        write_key_equals(out, columns_of<Record>);
        write_not_deleted(out, columns_of<Record>, " AND ");
    }
};

template <class Record> struct restore_statement {
    using parameters = typename key_traits<Record>::parameters;
    static constexpr void write_id(sql_writer& out) { write_statement_id(out, table_of<Record>, "restore"); }
    static constexpr void write(sql_writer& out) {
        out.put("UPDATE ").table(table_of<Record>).put(" SET ");
        for (const column& c : columns_of<Record>)
            if (c.soft_delete) out.identifier(c.name).put(" = NULL");
        write_key_equals(out, columns_of<Record>);
        for (const column& c : columns_of<Record>)
            if (c.soft_delete) out.put(" AND ").identifier(c.name).put(" IS NOT NULL");
    }
};

} // namespace pgrepo::detail
