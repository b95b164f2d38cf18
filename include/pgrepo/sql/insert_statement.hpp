#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/sql/part_columns.hpp>
#include <pgrepo/sql/record_statements.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// A version starts at 1 and a touched time at now(), unless the draft gives them or the database does.
constexpr bool is_started_here(const column& c, array_view<part_column> given) noexcept {
    if (!(c.version || c.touched) || c.generated || c.defaulted || c.read_only) return false;
    for (const part_column& part : given)
        if (part.target->field == c.field) return false;
    return true;
}

constexpr void write_insert(sql_writer& out, const source_view& source, array_view<part_column> given) {
    out.put("INSERT INTO ").table(source.name);
    std::string_view glue = " (";
    for (const part_column& part : given) {
        out.put(glue).identifier(part.target->name);
        glue = ", ";
    }
    if (source.touches)
        for (const column& c : source)
            if (is_started_here(c, given)) {
                out.put(glue).identifier(c.name);
                glue = ", ";
            }
    if (glue == " (") {
        out.put(" DEFAULT VALUES");
    } else {
        glue = ") VALUES (";
        for (std::size_t i = 0; i < given.size(); ++i) {
            out.put(glue).placeholder();
            glue = ", ";
        }
        if (source.touches)
            for (const column& c : source)
                if (is_started_here(c, given)) {
                    out.put(glue).put(c.version ? std::string_view("1") : std::string_view("now()"));
                    glue = ", ";
                }
        out.put(')');
    }
    write_returning(out, source);
}

/// INSERT of a draft: a struct with some of the record's fields, or the record itself, which leaves to the database what
/// is the database's.
template <class Record, class Draft> struct insert_statement {
    using list = column_list<Record>;
    static constexpr bool full = std::is_same_v<Record, Draft>;
    static constexpr bool writes(const column& c) noexcept {
        return !full || !(c.generated || c.read_only || c.touched || c.version);
    }
    using columns = part_columns<Record, Draft, insert_statement>;
    using parameters = typename columns::types;
    static constexpr std::string_view id = statement_id<Record, "create">;
    static constexpr bool sensitive = view_of<Record>.sensitive;
    static constexpr void write(sql_writer& out) { write_insert(out, source_of<Record>, columns::list); }

    template <std::size_t... Field> static consteval auto make_writers(std::index_sequence<Field...>) {
        return std::array<field_writer, sizeof...(Field)>{
            writer_for<(columns::width(Field) != 0), false, columns::embeds(Field), field_type<Draft, Field>>...};
    }
};

/// How the fields of a draft are sent.
template <class Record, class Draft>
inline constexpr auto draft_writers =
    insert_statement<Record, Draft>::make_writers(std::make_index_sequence<field_count<Draft>>{});

} // namespace pgrepo::detail
