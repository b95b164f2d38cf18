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

/// "table." of a record, copied once.
template <std::size_t Size> consteval text_bytes<Size + 1> name_and_dot(std::string_view name) {
    text_bytes<Size + 1> out{};
    for (std::size_t i = 0; i < Size; ++i) out.data[i] = name[i];
    out.data[Size] = '.';
    return out;
}
template <class Record> inline constexpr auto table_and_dot = name_and_dot<table_of<Record>.size()>(table_of<Record>);

/// "table.verb", with a zero behind it.
template <class Record, fixed_string Verb>
inline constexpr auto statement_id_bytes =
    __builtin_bit_cast(text_bytes<sizeof(table_and_dot<Record>) + sizeof(Verb)>,
                       (text_halves<sizeof(table_and_dot<Record>), sizeof(Verb)>{
                           table_and_dot<Record>, __builtin_bit_cast(text_bytes<sizeof(Verb)>, Verb)}));
/// "table.verb", what a statement is called in logs and errors.
template <class Record, fixed_string Verb>
inline constexpr std::string_view statement_id{statement_id_bytes<Record, Verb>.data,
                                               sizeof(statement_id_bytes<Record, Verb>) - 1};

/// A statement whose text the compiler has written: its text, key and parameter types lie in read-only data.
/// `Statement` has `write(sql_writer&)`, `id`, `sensitive` and `parameters`, a type_list.
template <class Statement> struct statement_constant {
    using parameters = typename Statement::parameters;
    using text = frozen_text<Statement>;
    static constexpr auto& types = parameter_types_of<parameters>::value;
    static constexpr statement_ref value{.text = text::view,
                                         .key = key_of_padded(text::bytes, text::size, types),
                                         .parameter_types = types,
                                         .id = Statement::id,
                                         .sensitive = Statement::sensitive};
};

} // namespace pgrepo::detail
