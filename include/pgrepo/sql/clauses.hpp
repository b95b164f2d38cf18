#pragma once

#include <pgrepo/mapping/record.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <span>
#include <string_view>
#include <tuple>

namespace pgrepo::detail {

// Parts that several statements share. Plain functions over column descriptions: one instance for all records.

constexpr void write_columns(sql_writer& out, std::span<const column> columns, std::string_view qualifier = {}) {
    bool first = true;
    for (const column& c : columns) {
        if (!first) out.put(", ");
        first = false;
        if (!qualifier.empty()) out.put(qualifier).put('.');
        out.identifier(c.name);
    }
}

constexpr void write_select(sql_writer& out, std::span<const column> columns, std::string_view table) {
    out.put("SELECT ");
    write_columns(out, columns);
    out.put(" FROM ").table(table);
}

constexpr void write_returning(sql_writer& out, std::span<const column> columns) {
    out.put(" RETURNING ");
    write_columns(out, columns);
}

/// " WHERE "a" = $n AND "b" = $n+1" of the primary key.
constexpr void write_key_equals(sql_writer& out, std::span<const column> columns) {
    const char* glue = " WHERE ";
    for (std::size_t part = 0; part < columns.size(); ++part)
        for (const column& c : columns) {
            if (!c.key || c.key_part != part) continue;
            out.put(glue).identifier(c.name).put(" = ").placeholder();
            glue = " AND ";
        }
}

/// Hides removed rows; `glue` is what joins it to what stands before. Nothing where the record has no soft delete.
constexpr bool write_not_deleted(sql_writer& out, std::span<const column> columns, std::string_view glue) {
    for (const column& c : columns)
        if (c.soft_delete) {
            out.put(glue).identifier(c.name).put(" IS NULL");
            return true;
        }
    return false;
}

/// The columns of a record for the functions above.
template <class Record> constexpr std::span<const column> columns_view() {
    return columns_of<Record>;
}

// The key's type: the field's own for one column, a tuple for several, no_key for a view.
/// Takes whatever is given for a key, so that the sentence that there is none stays the only error.
struct no_key {
    template <class... Parts> constexpr no_key(Parts&&...) noexcept {}
};
/// The field of the key's part, or no_field.
template <class Record> consteval std::size_t key_field(std::size_t part) {
    for (const column& c : columns_of<Record>)
        if (c.key && c.key_part == part) return c.field;
    return no_field;
}
/// The fields of the key in the order of primary_key<…>.
template <class Record, std::size_t... Found> consteval auto key_indices() {
    if constexpr (constexpr std::size_t next = key_field<Record>(sizeof...(Found)); next == no_field)
        return std::index_sequence<Found...>{};
    else
        return key_indices<Record, Found..., next>();
}
template <class Record, class Indices = decltype(key_indices<Record>())> struct key_traits;
template <class Record> struct key_traits<Record, std::index_sequence<>> {
    using type = no_key;
    using parameters = type_list<>;
};
template <class Record, std::size_t Only> struct key_traits<Record, std::index_sequence<Only>> {
    using type = field_type<Record, Only>;
    using parameters = type_list<type>;
};
template <class Record, std::size_t First, std::size_t Second, std::size_t... Rest>
struct key_traits<Record, std::index_sequence<First, Second, Rest...>> {
    using type = std::tuple<field_type<Record, First>, field_type<Record, Second>, field_type<Record, Rest>...>;
    using parameters = type_list<field_type<Record, First>, field_type<Record, Second>, field_type<Record, Rest>...>;
};

template <class A, class B> struct join_lists;
template <class... A, class... B> struct join_lists<type_list<A...>, type_list<B...>> {
    using type = type_list<A..., B...>;
};

} // namespace pgrepo::detail
