#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <array>
#include <cstddef>
#include <source_location>
#include <string_view>

namespace pgrepo::detail {

template <class Text> struct frozen_text {
    static constexpr std::size_t size = [] {
        sql_writer measure;
        Text::write(measure);
        return measure.size();
    }();
    static constexpr auto bytes = [] {
        std::array<char, size + 1> out{};
        sql_writer fill(out.data());
        Text::write(fill);
        return out;
    }();
    static constexpr std::string_view view{bytes.data(), size};
};

template <class List> struct parameter_types_of;
template <class... Params> struct parameter_types_of<type_list<Params...>> {
    static constexpr auto& value = parameter_types<Params...>;
};

/// A statement whose text the compiler has written: its text, key and parameter types lie in read-only data.
/// `Statement` has `write(sql_writer&)`, `write_id(sql_writer&)` and `parameters`, a type_list.
template <class Statement> struct statement_constant {
    struct id_source {
        static constexpr void write(sql_writer& out) { Statement::write_id(out); }
    };
    static constexpr std::string_view text = frozen_text<Statement>::view;
    static constexpr std::string_view id = frozen_text<id_source>::view;
    static constexpr auto& types = parameter_types_of<typename Statement::parameters>::value;
    static constexpr statement_key key = make_statement_key(text, types);

    [[nodiscard]] static constexpr statement_ref ref(std::source_location where) noexcept {
        return {.text = text, .key = key, .parameter_types = types, .id = id, .where = where};
    }
};

} // namespace pgrepo::detail
