#pragma once

#include <pgrepo/mapping/record.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

// Structs that hold a part of a record: what is given to create and to update. Their fields are matched by name to the
// record's fields. One pass finds the first that does not fit; the sentences below say why.

template <std::size_t Count>
consteval std::array<std::size_t, Count> find_names(const std::string_view* wanted, const std::string_view* names,
                                                    std::size_t size) {
    std::array<std::size_t, Count> map{};
    std::size_t next = 0; // parts mostly keep the record's order
    for (std::size_t& place : map) {
        place = find_name(names, size, *wanted++, next);
        if (place != no_field) next = place + 1;
    }
    return map;
}
/// The record's field that a part's field is, or no_field.
template <class Record, class Part>
inline constexpr auto part_map =
    find_names<field_count<Part>>(described_names<Part>.data(), described_names<Record>.data(), field_count<Record>);

/// A value of type Given can be written into a NOT NULL column of type Wanted as it is.
/// Text may be given as a view: it only has to live until the call returns.
template <class Given, class Wanted>
inline constexpr bool is_value_for =
    std::is_same_v<Given, Wanted> || (std::is_same_v<Wanted, std::string> &&
                                      (std::is_same_v<Given, std::string_view> || std::is_same_v<Given, const char*>));

enum class part_fault : unsigned char { none, unknown, not_written, key, ambiguous, mistyped, missing };

/// Whether create takes a Given for a field of type Wanted: a nullable one takes the value, or an optional of it.
template <class Given, class Wanted>
inline constexpr part_fault fault_in_draft =
    is_optional<Wanted>
        ? (is_value_for<value_type_of<Given>, value_type_of<Wanted>> && !is_change<Given> ? part_fault::none
                                                                                          : part_fault::mistyped)
        : (is_value_for<Given, Wanted> ? part_fault::none : part_fault::mistyped);

/// Whether update takes it. In a patch an empty optional keeps what is there, so a nullable column asks for `change`.
template <class Given, class Wanted>
inline constexpr part_fault fault_in_patch =
    !is_value_for<value_type_of<Given>, value_type_of<Wanted>> ? part_fault::mistyped
    : is_optional<Wanted>
        ? (is_change<Given> ? part_fault::none : (is_optional<Given> ? part_fault::ambiguous : part_fault::mistyped))
        : (is_change<Given> ? part_fault::mistyped : part_fault::none);

/// The first thing that is wrong with a part: of its field, or, for `missing`, of the record's.
struct part_verdict {
    part_fault fault = part_fault::none;
    std::size_t field = 0;
};

/// What is asked of the columns of a record's field.
constexpr bool any_column(const table_view& table, std::size_t field, bool column::* flag) noexcept {
    for (const column* c = table.first_of(field); c != table.end() && c->field == field; ++c)
        if (c->*flag) return true;
    return false;
}
constexpr bool may_be_left_out(const table_view& table, std::size_t field) noexcept {
    for (const column* c = table.first_of(field); c != table.end() && c->field == field; ++c)
        if (!(c->generated || c->defaulted || c->nullable || c->read_only || c->version || c->touched)) return false;
    return true;
}

constexpr part_verdict judge_draft(const table_view& table, std::size_t record_fields, const std::size_t* map,
                                   const part_fault* types, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        if (map[i] == no_field) return {part_fault::unknown, i};
        if (any_column(table, map[i], &column::read_only)) return {part_fault::not_written, i};
        if (types[i] != part_fault::none) return {types[i], i};
    }
    for (std::size_t field = 0; field < record_fields; ++field) {
        bool found = may_be_left_out(table, field);
        for (std::size_t i = 0; i < count && !found; ++i) found = map[i] == field;
        if (!found) return {part_fault::missing, field};
    }
    return {};
}
constexpr part_verdict judge_patch(const table_view& table, const std::size_t* map, const part_fault* types,
                                   const bool* optional, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        if (map[i] == no_field) return {part_fault::unknown, i};
        if (any_column(table, map[i], &column::key)) return {part_fault::key, i};
        // a version is not written, but compared with
        const bool version = any_column(table, map[i], &column::version);
        if (!version && (any_column(table, map[i], &column::read_only) || any_column(table, map[i], &column::touched)))
            return {part_fault::not_written, i};
        if (types[i] != part_fault::none) return {types[i], i};
        if (optional[i] && version) return {part_fault::mistyped, i};
    }
    return {};
}

/// The type of the record's field that a part's field is; its own type where there is none.
template <bool Known> struct wanted_at {
    template <class Record, class Part, std::size_t Field>
    using type = field_type<Record, part_map<Record, Part>[Field]>;
};
template <> struct wanted_at<false> {
    template <class Record, class Part, std::size_t Field> using type = field_type<Part, Field>;
};
template <class Record, class Part, std::size_t Field>
using wanted_type = typename wanted_at<part_map<Record, Part>[Field] != no_field>::template type<Record, Part, Field>;

template <class Record, class Draft, std::size_t... Field>
consteval part_verdict judge_draft_of(std::index_sequence<Field...>) {
    constexpr part_fault types[] = {fault_in_draft<field_type<Draft, Field>, wanted_type<Record, Draft, Field>>...,
                                    part_fault::none};
    // a record is made of itself, whatever it leaves to the database
    if constexpr (std::is_same_v<Record, Draft>) return part_verdict{};
    return judge_draft(view_of<Record>, field_count<Record>, part_map<Record, Draft>.data(), types, sizeof...(Field));
}
template <class Record, class Draft>
inline constexpr part_verdict verdict_on_draft =
    judge_draft_of<Record, Draft>(std::make_index_sequence<field_count<Draft>>{});

template <class Record, class Patch, std::size_t... Field>
consteval part_verdict judge_patch_of(std::index_sequence<Field...>) {
    constexpr part_fault types[] = {fault_in_patch<field_type<Patch, Field>, wanted_type<Record, Patch, Field>>...,
                                    part_fault::none};
    // whether to look at the version is not left to what a patch holds
    constexpr bool optional[] = {is_optional<field_type<Patch, Field>>..., false};
    return judge_patch(view_of<Record>, part_map<Record, Patch>.data(), types, optional, sizeof...(Field));
}
template <class Record, class Patch>
inline constexpr part_verdict verdict_on_patch =
    judge_patch_of<Record, Patch>(std::make_index_sequence<field_count<Patch>>{});

template <class Record, class Part>
inline constexpr bool is_part_readable = is_record<Record> && has_known_fields<Part>;

/// Draft can be given to `create` of Record; where it cannot, create_check says why.
template <class Record, class Draft, bool Readable = is_part_readable<Record, Draft>>
inline constexpr bool can_create = false;
template <class Record, class Draft>
inline constexpr bool can_create<Record, Draft, true> = verdict_on_draft<Record, Draft>.fault == part_fault::none;

/// Patch, which is not the record itself, can be given to `update` of Record; where it cannot, patch_check says why.
template <class Record, class Patch, bool Readable = is_part_readable<Record, Patch>>
inline constexpr bool can_patch = false;
template <class Record, class Patch>
inline constexpr bool can_patch<Record, Patch, true> = verdict_on_patch<Record, Patch>.fault == part_fault::none;

// Conditions with names, printed when an assertion fails: the column's name rides along as a type.
struct no_offender {};
template <class Column, class Part, class Record> inline constexpr bool record_has_column = false;
template <class Part, class Record> inline constexpr bool record_has_column<no_offender, Part, Record> = true;
template <class Column, class Part, class Record> inline constexpr bool create_names_column = false;
template <class Part, class Record> inline constexpr bool create_names_column<no_offender, Part, Record> = true;
template <class Column, class Given, class Wanted> inline constexpr bool column_takes = false;
template <> inline constexpr bool column_takes<no_offender, void, void> = true;
template <class Column, class Given, class Wanted> inline constexpr bool patch_says_keep_or_null = false;
template <> inline constexpr bool patch_says_keep_or_null<no_offender, void, void> = true;
template <class Column, class Patch> inline constexpr bool may_be_patched = false;
template <class Patch> inline constexpr bool may_be_patched<no_offender, Patch> = true;
template <class Column, class Part> inline constexpr bool may_be_written = false;
template <class Part> inline constexpr bool may_be_written<no_offender, Part> = true;

/// A field that does not fit, with what it is and what the column wants.
template <class Name, class Given, class Wanted> struct offender {
    using column = Name;
    using given = Given;
    using wanted = Wanted;
};

template <class Part, std::size_t Field> using field_label = name<field_name_text<Part, Field>>;

/// The offender of a verdict where it is of this kind, else nobody.
template <class Record, class Part, part_fault Fault, part_fault Found, std::size_t Field>
consteval auto find_offender() {
    if constexpr (Fault != Found)
        return std::type_identity<offender<no_offender, void, void>>{};
    else if constexpr (Fault == part_fault::missing)
        return std::type_identity<offender<field_label<Record, Field>, void, void>>{};
    else
        return std::type_identity<
            offender<field_label<Part, Field>, field_type<Part, Field>, wanted_type<Record, Part, Field>>>{};
}

/// Says in one sentence why Draft cannot be given to `create` of Record.
template <class Record, class Draft, bool Readable = is_part_readable<Record, Draft>> struct create_check {
    static constexpr bool said = true; // by struct_check or record_check
};
template <class Record, class Draft> struct create_check<Record, Draft, true> {
    static constexpr bool said = true;
    static constexpr part_verdict found = verdict_on_draft<Record, Draft>;
    template <part_fault Fault>
    using who = typename decltype(find_offender<Record, Draft, Fault, found.fault, found.field>())::type;
    static_assert(record_has_column<typename who<part_fault::unknown>::column, Draft, Record>,
                  "pgrepo: [unknown_column] the struct given to create has a field that is no column of the record; "
                  "fields are matched by name");
    static_assert(may_be_written<typename who<part_fault::not_written>::column, Draft>,
                  "pgrepo: [read_only] the struct given to create has a field that the mapping calls read_only; "
                  "remove the field");
    static_assert(
        column_takes<typename who<part_fault::mistyped>::column, typename who<part_fault::mistyped>::given,
                     typename who<part_fault::mistyped>::wanted>,
        "pgrepo: [column_type] a field of the struct given to create has another type than the record's column; "
        "printed: column, given, wanted");
    static_assert(create_names_column<typename who<part_fault::missing>::column, Draft, Record>,
                  "pgrepo: [missing_column] the struct given to create leaves out a column that is neither generated, "
                  "defaulted nor nullable; add the field, or say defaulted<...> in the mapping");
};

/// Says in one sentence why Patch cannot be given to `update` of Record.
template <class Record, class Patch, bool Readable = is_part_readable<Record, Patch>> struct patch_check {
    static constexpr bool said = true; // by struct_check or record_check
};
template <class Record, class Patch> struct patch_check<Record, Patch, true> {
    static constexpr bool said = true;
    static constexpr part_verdict found = verdict_on_patch<Record, Patch>;
    template <part_fault Fault>
    using who = typename decltype(find_offender<Record, Patch, Fault, found.fault, found.field>())::type;
    static_assert(
        record_has_column<typename who<part_fault::unknown>::column, Patch, Record>,
        "pgrepo: [unknown_column] the patch has a field that is no column of the record; fields are matched by name");
    static_assert(may_be_patched<typename who<part_fault::key>::column, Patch>,
                  "pgrepo: [patch_key] a patch cannot change the primary key; remove the field");
    static_assert(may_be_written<typename who<part_fault::not_written>::column, Patch>,
                  "pgrepo: [read_only] the patch has a field that the mapping calls read_only or touched; remove the "
                  "field");
    static_assert(
        patch_says_keep_or_null<typename who<part_fault::ambiguous>::column, typename who<part_fault::ambiguous>::given,
                                typename who<part_fault::ambiguous>::wanted>,
        "pgrepo: [patch_optional] the column is nullable, so an empty optional could mean keep or NULL; "
        "make the field a pgrepo::change<T>; printed: column, given, column's type");
    static_assert(column_takes<typename who<part_fault::mistyped>::column, typename who<part_fault::mistyped>::given,
                               typename who<part_fault::mistyped>::wanted>,
                  "pgrepo: [column_type] a field of the patch has another type than the record's column; "
                  "printed: column, given, wanted");
};

} // namespace pgrepo::detail
