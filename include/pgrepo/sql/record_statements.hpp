#pragma once

#include <pgrepo/codec/list_parameter.hpp>
#include <pgrepo/sql/clauses.hpp>
#include <pgrepo/sql/statement_constant.hpp>

#include <string_view>

namespace pgrepo::detail {

// The statements of a record that need nothing but its mapping. Each is a source for statement_constant.

constexpr void write_find(sql_writer& out, const source_view& source, bool with_deleted) {
    write_select(out, source);
    write_key_equals(out, source);
    if (!with_deleted) write_not_deleted(out, source, " AND ");
}

constexpr void write_find_by_ids(sql_writer& out, const source_view& source, bool with_deleted) {
    write_select(out, source);
    for (const column& c : source)
        if (c.key) out.put(" WHERE ").identifier(c.name).put(" = ANY(").placeholder().put(')');
    if (!with_deleted) write_not_deleted(out, source, " AND ");
}

/// Soft where the mapping says so, else for good.
constexpr void write_remove(sql_writer& out, const table_view& table) {
    const column* removal = table.removal;
    if (removal != nullptr) {
        out.put("UPDATE ").table(table.name).put(" SET ").identifier(removal->name).put(" = now()");
        write_touch(out, table, ", ");
    } else {
        out.put("DELETE FROM ").table(table.name);
    }
    write_key_equals(out, table);
    write_not_deleted(out, table, " AND ");
}

constexpr void write_restore(sql_writer& out, const table_view& table) {
    const column* removal = table.removal;
    if (removal == nullptr) return; // said by soft_delete_check
    out.put("UPDATE ").table(table.name).put(" SET ").identifier(removal->name).put(" = NULL");
    write_touch(out, table, ", ");
    write_key_equals(out, table);
    out.put(" AND ").identifier(removal->name).put(" IS NOT NULL");
}

template <class Record, bool WithDeleted> struct find_statement {
    using list = column_list<Record>;
    using parameters = typename key_traits<Record>::parameters;
    static constexpr std::string_view id = statement_id<Record, "find">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) { write_find(out, source_of<Record>, WithDeleted); }
};

template <class Record, bool WithDeleted> struct find_by_ids_statement {
    using list = column_list<Record>;
    using parameters = type_list<list_parameter<typename key_traits<Record>::type>>;
    static constexpr std::string_view id = statement_id<Record, "find_by_ids">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) { write_find_by_ids(out, source_of<Record>, WithDeleted); }
};

template <class Record> struct remove_statement {
    using parameters = typename key_traits<Record>::parameters;
    static constexpr std::string_view id = statement_id<Record, "remove">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) { write_remove(out, view_of<Record>); }
};

template <class Record> struct restore_statement {
    using parameters = typename key_traits<Record>::parameters;
    static constexpr std::string_view id = statement_id<Record, "restore">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) { write_restore(out, view_of<Record>); }
};

} // namespace pgrepo::detail
