#pragma once

#include <pgrepo/mapping/record.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgrepo::detail {

/// No field: what the finders below return when nothing is wrong.
struct no_offender {};

/// The record's column of a name, or no_field.
template <class Record> consteval std::size_t column_index(std::string_view name) {
    for (std::size_t i = 0; i < columns_of<Record>.size(); ++i)
        if (columns_of<Record>[i].name == name) return i;
    return no_field;
}

template <class Record, class Part, std::size_t Field>
inline constexpr std::size_t column_of_field = column_index<Record>(field_names<Part>[Field]);

/// A value of type Given can be written into a NOT NULL column of type Wanted as it is.
/// Text may be given as a view: it only has to live until the call returns.
template <class Given, class Wanted>
inline constexpr bool is_value_for =
    std::is_same_v<Given, Wanted> || (std::is_same_v<Wanted, std::string> &&
                                      (std::is_same_v<Given, std::string_view> || std::is_same_v<Given, const char*>));

/// The same for any column: a nullable one takes the value, or an optional of it.
template <class Given, class Wanted>
inline constexpr bool is_fit_for =
    is_optional<Wanted> ? is_value_for<value_type_of<Given>, value_type_of<Wanted>> && !is_change<Given>
                        : is_value_for<Given, Wanted>;

/// In a patch an empty optional keeps what is there, so a nullable column asks for `change`.
template <class Given, class Wanted>
inline constexpr bool is_patch_for =
    is_optional<Wanted> ? is_change<Given> && is_value_for<value_type_of<Given>, value_type_of<Wanted>>
                        : !is_change<Given> && is_value_for<value_type_of<Given>, Wanted>;

template <class Given, class Wanted>
inline constexpr bool is_ambiguous_patch =
    is_optional<Wanted> && is_optional<Given> && is_value_for<value_type_of<Given>, value_type_of<Wanted>>;

// Conditions with names, printed when an assertion fails: the column's name rides along as a type.
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

/// A field that does not fit, with what it is and what the column wants.
template <class Name, class Given, class Wanted> struct offender {
    using column = Name;
    using given = Given;
    using wanted = Wanted;
};
using nobody = offender<no_offender, void, void>;

template <class Part, std::size_t Field> using field_label = name<field_name_text<Part, Field>>;

/// Finds the first field of Part that `Test<Field>::offends`.
template <class Part, template <std::size_t> class Test, std::size_t Field = 0> consteval auto find_offender() {
    if constexpr (Field == field_count<Part>)
        return std::type_identity<nobody>{};
    else if constexpr (Test<Field>::offends)
        return std::type_identity<
            offender<field_label<Part, Field>, field_type<Part, Field>, typename Test<Field>::wanted>>{};
    else
        return find_offender<Part, Test, Field + 1>();
}

template <class Record, class Part> struct part_tests {
    template <std::size_t Field> static constexpr std::size_t column_number = column_of_field<Record, Part, Field>;

    template <std::size_t Field> struct unknown {
        static constexpr bool offends = column_number<Field> == no_field;
        using wanted = void;
    };
    template <std::size_t Field, bool Known = !unknown<Field>::offends> struct wanted_type {
        using type = field_type<Part, Field>;
    };
    template <std::size_t Field> struct wanted_type<Field, true> {
        using type = field_type<Record, columns_of<Record>[column_number<Field>].field>;
    };
    template <std::size_t Field> struct create_type {
        using wanted = typename wanted_type<Field>::type;
        static constexpr bool offends = !is_fit_for<field_type<Part, Field>, wanted>;
    };
    template <std::size_t Field> struct key {
        using wanted = void;
        static constexpr bool offends = [] {
            if constexpr (unknown<Field>::offends)
                return false;
            else
                return columns_of<Record>[column_number<Field>].key;
        }();
    };
    template <std::size_t Field> struct ambiguous {
        using wanted = typename wanted_type<Field>::type;
        static constexpr bool offends =
            !unknown<Field>::offends && !key<Field>::offends && is_ambiguous_patch<field_type<Part, Field>, wanted>;
    };
    template <std::size_t Field> struct patch_type {
        using wanted = typename wanted_type<Field>::type;
        static constexpr bool offends = !unknown<Field>::offends && !key<Field>::offends &&
                                        !ambiguous<Field>::offends && !is_patch_for<field_type<Part, Field>, wanted>;
    };
};

/// A column that `create` has to be given and is not.
template <class Record, class Part, std::size_t Index = 0> consteval auto find_missing() {
    if constexpr (Index == columns_of<Record>.size()) {
        return std::type_identity<no_offender>{};
    } else {
        constexpr column c = columns_of<Record>[Index];
        if constexpr (c.generated || c.defaulted || c.nullable || field_index<Part>(c.name) != no_field)
            return find_missing<Record, Part, Index + 1>();
        else
            return std::type_identity<field_label<Record, c.field>>{};
    }
}

/// The first thing about Draft that does not fit `create` of Record, by kind. A verdict only, as is_record is.
template <class Record, class Draft> struct create_facts {
    using tests = part_tests<Record, Draft>;
    using unknown = typename decltype(find_offender<Draft, tests::template unknown>())::type;
    using mistyped = typename decltype(find_offender<Draft, tests::template create_type>())::type;
    static constexpr bool known = std::is_same_v<unknown, nobody>;
    // A column that is missing because its field's name is misspelt is said once.
    using missing = std::conditional_t<known, typename decltype(find_missing<Record, Draft>())::type, no_offender>;
    static constexpr bool ok = known && std::is_same_v<mistyped, nobody> && std::is_same_v<missing, no_offender>;
};

template <class Record, class Part>
inline constexpr bool is_part_readable = is_record<Record> && has_known_fields<Part>;

/// Draft can be given to `create` of Record; where it cannot, create_check says why.
template <class Record, class Draft, bool Readable = is_part_readable<Record, Draft>>
inline constexpr bool can_create = false;
template <class Record, class Draft>
inline constexpr bool can_create<Record, Draft, true> = create_facts<Record, Draft>::ok;

/// Says in one sentence why Draft cannot be given to `create` of Record.
template <class Record, class Draft, bool Readable = is_part_readable<Record, Draft>> struct create_check {
    static constexpr bool said = true; // by struct_check or record_check
};
template <class Record, class Draft> struct create_check<Record, Draft, true> {
    static constexpr bool said = true;
    using facts = create_facts<Record, Draft>;
    static_assert(record_has_column<typename facts::unknown::column, Draft, Record>,
                  "pgrepo: [unknown_column] the struct given to create has a field that is no column of the record; "
                  "fields are matched by name");
    static_assert(
        column_takes<typename facts::mistyped::column, typename facts::mistyped::given,
                     typename facts::mistyped::wanted>,
        "pgrepo: [column_type] a field of the struct given to create has another type than the record's column; "
        "printed: column, given, wanted");
    static_assert(create_names_column<typename facts::missing, Draft, Record>,
                  "pgrepo: [missing_column] the struct given to create leaves out a column that is neither generated, "
                  "defaulted nor nullable; add the field, or say defaulted<...> in the mapping");
};

/// The first thing about Patch that does not fit `update` of Record, by kind.
template <class Record, class Patch> struct patch_facts {
    using tests = part_tests<Record, Patch>;
    using unknown = typename decltype(find_offender<Patch, tests::template unknown>())::type;
    using key = typename decltype(find_offender<Patch, tests::template key>())::type;
    using ambiguous = typename decltype(find_offender<Patch, tests::template ambiguous>())::type;
    using mistyped = typename decltype(find_offender<Patch, tests::template patch_type>())::type;
    static constexpr bool ok = std::is_same_v<unknown, nobody> && std::is_same_v<key, nobody> &&
                               std::is_same_v<ambiguous, nobody> && std::is_same_v<mistyped, nobody>;
};

/// Patch, which is not the record itself, can be given to `update` of Record; where it cannot, patch_check says why.
template <class Record, class Patch, bool Readable = is_part_readable<Record, Patch>>
inline constexpr bool can_patch = false;
template <class Record, class Patch>
inline constexpr bool can_patch<Record, Patch, true> = patch_facts<Record, Patch>::ok;

/// Says in one sentence why Patch cannot be given to `update` of Record.
template <class Record, class Patch, bool Readable = is_part_readable<Record, Patch>> struct patch_check {
    static constexpr bool said = true; // by struct_check or record_check
};
template <class Record, class Patch> struct patch_check<Record, Patch, true> {
    static constexpr bool said = true;
    using facts = patch_facts<Record, Patch>;
    static_assert(
        record_has_column<typename facts::unknown::column, Patch, Record>,
        "pgrepo: [unknown_column] the patch has a field that is no column of the record; fields are matched by name");
    static_assert(may_be_patched<typename facts::key::column, Patch>,
                  "pgrepo: [patch_key] a patch cannot change the primary key; remove the field");
    static_assert(patch_says_keep_or_null<typename facts::ambiguous::column, typename facts::ambiguous::given,
                                          typename facts::ambiguous::wanted>,
                  "pgrepo: [patch_optional] the column is nullable, so an empty optional could mean keep or NULL; "
                  "make the field a pgrepo::change<T>; printed: column, given, column's type");
    static_assert(column_takes<typename facts::mistyped::column, typename facts::mistyped::given,
                               typename facts::mistyped::wanted>,
                  "pgrepo: [column_type] a field of the patch has another type than the record's column; "
                  "printed: column, given, wanted");
};

} // namespace pgrepo::detail
