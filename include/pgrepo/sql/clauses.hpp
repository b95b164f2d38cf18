#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/mapping/record.hpp>
#include <pgrepo/sql/frozen_text.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>

namespace pgrepo::detail {

// Parts that several statements share. Plain functions over column descriptions: one instance for all records.

constexpr void write_columns(sql_writer& out, const table_view& table, std::string_view qualifier = {}) {
    bool first = true;
    for (const column& c : table) {
        if (!first) out.put(", ");
        first = false;
        if (!qualifier.empty()) out.put(qualifier).put('.');
        out.identifier(c.name);
    }
}

/// A record's table, and the list of its columns as it stands in most of its statements: written once.
struct source_view : table_view {
    std::string_view list{};

    constexpr source_view(const table_view& table, std::string_view columns) noexcept
        : table_view(table),
          list(columns) {}
};
template <class Record> struct column_list {
    static constexpr void write(sql_writer& out) { write_columns(out, view_of<Record>); }
};
template <class Record> inline constexpr source_view source_of(view_of<Record>, frozen_text<column_list<Record>>::view);

constexpr void write_select(sql_writer& out, const source_view& source) {
    out.put("SELECT ").list(source.list).put(" FROM ").table(source.name);
}

constexpr void write_returning(sql_writer& out, const source_view& source) {
    out.put(" RETURNING ").list(source.list);
}

/// " WHERE "a" = $n AND "b" = $n+1" of the primary key.
constexpr void write_key_equals(sql_writer& out, const table_view& table) {
    std::string_view glue = " WHERE ";
    for (std::size_t part = 0; part < table.key_parts; ++part)
        for (const column& c : table) {
            if (!c.key || c.key_part != part) continue;
            out.put(glue).identifier(c.name).put(" = ").placeholder();
            glue = " AND ";
            break;
        }
}

/// Hides removed rows; `glue` is what joins it to what stands before. Nothing where the record has no soft delete.
constexpr bool write_not_deleted(sql_writer& out, const table_view& table, std::string_view glue) {
    if (table.removal != nullptr) out.put(glue).identifier(table.removal->name).put(" IS NULL");
    return table.removal != nullptr;
}

/// What every change of a row writes besides: its version and the time. `glue` is what joins it to what stands before;
/// what it is afterwards is returned.
constexpr std::string_view write_touch(sql_writer& out, const table_view& table, std::string_view glue) {
    if (!table.touches) return glue;
    for (const column& c : table)
        if (c.read_only) {
            continue; // a trigger's
        } else if (c.version) {
            out.put(glue).identifier(c.name).put(" = ").identifier(c.name).put(" + 1");
            glue = ", ";
        } else if (c.touched) {
            out.put(glue).identifier(c.name).put(" = now()");
            glue = ", ";
        }
    return glue;
}

// The key's type: the field's own for one column, a tuple for several, no_key for a view.
/// Takes whatever is given for a key, so that the sentence that there is none stays the only error.
struct no_key {
    template <class... Parts> constexpr no_key(Parts&&...) noexcept {}
};
/// The column of the key's part.
template <class Record> consteval std::size_t key_column(std::size_t part) {
    for (std::size_t i = 0; i < columns_of<Record>.size(); ++i)
        if (columns_of<Record>[i].key && columns_of<Record>[i].key_part == part) return i;
    return column::none;
}
template <class Record, class Parts = std::make_index_sequence<key_size<Record>>> struct key_traits;
template <class Record> struct key_traits<Record, std::index_sequence<>> {
    using type = no_key;
    using parameters = type_list<>;
};
template <class Record> struct key_traits<Record, std::index_sequence<0>> {
    using type = column_type<Record, key_column<Record>(0)>;
    using parameters = type_list<type>;
};
/// In the order of primary_key<…>.
template <class Record, std::size_t... Part> struct key_traits<Record, std::index_sequence<Part...>> {
    using type = std::tuple<column_type<Record, key_column<Record>(Part)>...>;
    using parameters = type_list<column_type<Record, key_column<Record>(Part)>...>;
};

/// Puts a key, or the parts of one of several columns.
template <class Key> void put_key(parameter_writer& to, const Key& key) {
    to.put(key);
}
template <class... Parts> void put_key(parameter_writer& to, const std::tuple<Parts...>& key) {
    std::apply([&](const Parts&... parts) { (to.put(parts), ...); }, key);
}

} // namespace pgrepo::detail
