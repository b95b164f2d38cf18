#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/sql/part_columns.hpp>
#include <pgrepo/sql/record_statements.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

// The statements of `update`. A patch's fields that may be left out are the bits of a mask; each combination, a shape, is a
// statement. Plain functions over descriptions of the patch's columns, so that shapes can be written when the program is
// compiled and, for patches with too many of them, when they are met.

using shape_mask = std::uint64_t;

/// One column of a patch.
struct patch_column {
    static constexpr unsigned always = 64;

    const column* target = nullptr;
    unsigned bit = always; // of the mask; `always`: cannot be left out
    oid type = 0;

    [[nodiscard]] constexpr bool sets(shape_mask shape) const noexcept {
        return !target->version && (bit == always || ((shape >> bit) & 1U) != 0);
    }
};

constexpr unsigned count_set(array_view<patch_column> parts, shape_mask shape) noexcept {
    unsigned n = 0;
    for (const patch_column& part : parts) n += part.sets(shape) ? 1U : 0U;
    return n;
}

/// UPDATE … RETURNING. Parameters: what is set, the key, and, with `checked`, the expected version.
constexpr void write_plain_update(sql_writer& out, const source_view& source, array_view<patch_column> parts,
                                  shape_mask shape, bool checked) {
    out.put("UPDATE ").table(source.name).put(" SET ");
    std::string_view glue{};
    for (const patch_column& part : parts)
        if (part.sets(shape)) {
            out.put(glue).identifier(part.target->name).put(" = ").placeholder();
            glue = ", ";
        }
    write_touch(out, source, glue);
    write_key_equals(out, source);
    if (checked) out.put(" AND ").identifier(source.version->name).put(" = ").placeholder();
    write_not_deleted(out, source, " AND ");
    write_returning(out, source);
}

/// With an expected version each row comes with a mark: true where the version was the expected one (and the row as it was
/// changed), false where it was not (and the row as it is). That row is read with a lock, which makes the server look at
/// the newest version of it: the statement's snapshot may be older than the change that was faster (PostgreSQL manual,
/// 13.2.1). The mark's name has a space: no column has it.
constexpr void write_checked_update(sql_writer& out, const source_view& source, array_view<patch_column> parts,
                                    shape_mask shape) {
    if (const unsigned set = count_set(parts, shape); set != 0) {
        out.put("WITH \"pgrepo changed\" AS (");
        write_plain_update(out, source, parts, shape, true);
        out.put("), \"pgrepo current\" AS (");
        write_select(out, source);
        out.rewind_placeholders(set);
        write_key_equals(out, source);
        write_not_deleted(out, source, " AND ");
        out.put(" AND NOT EXISTS (SELECT FROM \"pgrepo changed\") FOR SHARE) SELECT true AS \"pgrepo fresh\", ");
        out.put(source.list).put(" FROM \"pgrepo changed\" UNION ALL SELECT false, ").put(source.list);
        out.put(" FROM \"pgrepo current\"");
        return;
    }
    out.put("SELECT ").identifier(source.version->name).put(" = $").number(static_cast<unsigned>(source.key_parts) + 1);
    out.put(" AS \"pgrepo fresh\", ").put(source.list).put(" FROM ").table(source.name);
    write_key_equals(out, source);
    write_not_deleted(out, source, " AND ");
}

/// The statement of one shape, which sets something or expects a version.
constexpr void write_update(sql_writer& out, const source_view& source, array_view<patch_column> parts,
                            shape_mask shape, bool checked) {
    if (checked)
        write_checked_update(out, source, parts, shape);
    else
        write_plain_update(out, source, parts, shape, false);
}

/// The parameter types of a shape, in the order of its placeholders. Returns how many; `out` may be null.
constexpr std::size_t write_types(oid* out, array_view<patch_column> parts, array_view<oid> key, shape_mask shape,
                                  bool checked) {
    std::size_t n = 0;
    const auto add = [&](oid type) {
        if (out != nullptr) out[n] = type;
        ++n;
    };
    for (const patch_column& part : parts)
        if (part.sets(shape)) add(part.type);
    for (const oid type : key) add(type);
    if (checked)
        for (const patch_column& part : parts)
            if (part.target->version) add(part.type);
    return n;
}

template <class... Fields>
consteval std::array<bool, sizeof...(Fields) + 1> find_optional_fields(declared_types<Fields...>*) {
    return {(is_optional<Fields> || is_change<Fields>)..., false};
}
constexpr unsigned count_true(array_view<bool> flags) noexcept {
    unsigned n = 0;
    for (const bool is : flags) n += is ? 1U : 0U;
    return n;
}
constexpr bool names_version(array_view<part_column> parts) noexcept {
    for (const part_column& part : parts)
        if (part.target->version) return true;
    return false;
}

/// What `update` writes of a Patch. A full record changes all but key, generated, read-only and soft-delete columns,
/// and expects the version that it holds.
template <class Record, class Patch> struct patch_traits {
    static constexpr bool full = std::is_same_v<Record, Patch>;
    static constexpr bool writes(const column& c) noexcept {
        return !full || c.version || !(c.key || c.generated || c.read_only || c.soft_delete || c.touched);
    }
    using columns = part_columns<Record, Patch, patch_traits>;

    /// A field that may be left out has a bit of its own, in the order of the fields.
    static constexpr bool may_be_left_out(std::size_t field) noexcept { return !full && optional_fields[field]; }
    static constexpr auto optional_fields = find_optional_fields(static_cast<list_of_fields<Patch>*>(nullptr));
    static constexpr unsigned bit_of(std::size_t field) noexcept {
        if (full || !optional_fields[field]) return patch_column::always;
        unsigned bit = 0;
        for (std::size_t i = 0; i < field; ++i) bit += optional_fields[i] ? 1U : 0U;
        return bit;
    }
    static constexpr unsigned optional_parts = full ? 0 : count_true(optional_fields);

    template <std::size_t... Index> static consteval auto make_parts(std::index_sequence<Index...>) {
        return std::array<patch_column, sizeof...(Index)>{
            patch_column{columns::list[Index].target, bit_of(columns::list[Index].field),
                         static_cast<oid>(codec_of<typename columns::template type<Index>>::parameter_type)}...};
    }
    static constexpr bool is_version(std::size_t field) noexcept {
        for (const part_column& part : columns::list)
            if (part.field == field) return part.target->version;
        return false;
    }
    static constexpr bool checked = names_version(columns::list);
};
template <class Record, class Patch>
inline constexpr auto patch_parts =
    patch_traits<Record, Patch>::make_parts(std::make_index_sequence<patch_traits<Record, Patch>::columns::size>{});

} // namespace pgrepo::detail
