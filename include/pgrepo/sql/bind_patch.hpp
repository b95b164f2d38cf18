#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/sql/update_statements.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// Puts what a patch's field holds, if anything.
template <bool Embeds, class Field> void put_engaged(parameter_writer& to, const Field& field) {
    if constexpr (is_change<Field>) {
        if (field.engaged()) to.put(field.value());
    } else if constexpr (is_optional<Field>) {
        if (field) put_columns<Embeds>(to, *field);
    } else {
        put_columns<Embeds>(to, field);
    }
}

/// Puts what update_table's statement of the patch's shape takes: the engaged columns, the key, the expected version. In a
/// full record an empty optional is a value, NULL; in a patch it keeps what is there.
template <class Record, class Patch> struct patch_parameters {
    using traits = patch_traits<Record, Patch>;
    using columns = typename traits::columns;
    static constexpr std::size_t most = columns::size + key_size<Record>;

    template <class Key> static void bind(parameter_writer& to, const Patch& patch, const Key& key) {
        if constexpr (columns::plain && !traits::checked && !traits::full) {
            visit_fields(patch, [&](const auto&... fields) { (put_engaged<false>(to, fields), ...); });
            bind_key<Record>(to, key);
        } else {
            put_fields<false>(to, patch);
            bind_key<Record>(to, key);
            if constexpr (traits::checked) put_fields<true>(to, patch);
        }
    }

private:
    template <bool Version> static void put_fields(parameter_writer& to, const Patch& patch) {
        visit_fields(patch, [&](const auto&... fields) {
            [&]<std::size_t... Field>(std::index_sequence<Field...>) {
                (put_field<Field, Version>(to, fields), ...);
            }(std::index_sequence_for<decltype(fields)...>{});
        });
    }
    template <std::size_t Field, bool Version, class Value>
    static void put_field(parameter_writer& to, const Value& value) {
        if constexpr (columns::width(Field) != 0 && traits::is_version(Field) == Version) {
            if constexpr (traits::full)
                put_columns<columns::embeds(Field)>(to, value);
            else
                put_engaged<columns::embeds(Field)>(to, value);
        }
    }
};

} // namespace pgrepo::detail
