#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/mapping/record.hpp>
#include <pgrepo/mapping/type_list.hpp>
#include <pgrepo/sql/frozen_text.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

template <class List> struct parameter_types_of;
template <class... Params> struct parameter_types_of<type_list<Params...>> {
    static constexpr auto& value = parameter_types<Params...>;
};

/// "table.verb", what a statement is called in logs and errors.
template <class Record, fixed_string Verb> struct statement_id {
    static constexpr void write(sql_writer& out) { out.put(table_of<Record>).put('.').put(Verb.view()); }
};

/// A statement whose text the compiler has written: its text, key and parameter types lie in read-only data.
/// `Statement` has `write(sql_writer&)`, `id` (a source of text) and `parameters`, a type_list.
template <class Statement> struct statement_constant {
    static constexpr std::size_t parameters = list_size<typename Statement::parameters>;
    static constexpr std::string_view text = frozen_text<Statement>::view;
    static constexpr auto& types = parameter_types_of<typename Statement::parameters>::value;
    static constexpr statement_ref value{.text = text,
                                         .key = make_statement_key(text, types),
                                         .parameter_types = types,
                                         .id = frozen_text<typename Statement::id>::view};
};

} // namespace pgrepo::detail
