#pragma once

#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/mapping/optional_traits.hpp>
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/struct_check.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pgrepo::detail {

constexpr bool is_identifier_length(std::size_t bytes) noexcept {
    return bytes >= 1 && bytes <= 63;
}

/// "name" or "schema.name", each part of a length that PostgreSQL does not cut off.
constexpr bool is_table_name(std::string_view text) noexcept {
    const std::size_t dot = text.find('.');
    if (dot == text.npos) return is_identifier_length(text.size());
    const std::string_view rest = text.substr(dot + 1);
    return is_identifier_length(dot) && is_identifier_length(rest.size()) && rest.find('.') == rest.npos;
}

/// A pointer to member as a type, so that a diagnostic can show it.
template <auto Member> struct member {};
struct no_member {};

// Each finds the first offender, or no_member; the assertion then prints it.
template <class Record, auto... Members> struct first_foreign {
    using type = no_member;
};
template <class Record, auto First, auto... Rest> struct first_foreign<Record, First, Rest...> {
    using type = typename std::conditional_t<std::is_same_v<member_class<First>, Record>,
                                             first_foreign<Record, Rest...>, std::type_identity<member<First>>>::type;
};

/// What is asked of one annotation.
template <class Annotation> struct annotation_facts {
    static constexpr bool is_table = false; // what is no annotation has its own worded error
    using unfit_table = no_member;
    template <class Record> using foreign = no_member;
    using not_optional = no_member;
};
template <fixed_string Name> struct annotation_facts<table<Name>> {
    static constexpr bool is_table = true;
    using unfit_table = std::conditional_t<is_table_name(Name.view()), no_member, name<Name>>;
    template <class Record> using foreign = no_member;
    using not_optional = no_member;
};
template <auto... Members> struct member_annotation_facts {
    static constexpr bool is_table = false;
    using unfit_table = no_member;
    template <class Record> using foreign = typename first_foreign<Record, Members...>::type;
    using not_optional = no_member;
};
template <auto... Members> struct annotation_facts<primary_key<Members...>> : member_annotation_facts<Members...> {};
template <auto... Members> struct annotation_facts<generated<Members...>> : member_annotation_facts<Members...> {};
template <auto... Members> struct annotation_facts<defaulted<Members...>> : member_annotation_facts<Members...> {};
template <auto Member> struct annotation_facts<soft_delete<Member>> : member_annotation_facts<Member> {
    using not_optional = std::conditional_t<is_optional<member_type<Member>>, no_member, member<Member>>;
};

template <class... Found> struct first_found {
    using type = no_member;
};
template <class First, class... Rest> struct first_found<First, Rest...> {
    using type = First;
};
template <class... Rest> struct first_found<no_member, Rest...> : first_found<Rest...> {};

/// The first column whose name PostgreSQL would cut off.
template <class Record, std::size_t Index = 0> consteval auto find_long_name() {
    if constexpr (Index >= field_count<Record>)
        return std::type_identity<no_member>{};
    else if constexpr (!is_identifier_length(field_names<Record>[Index].size()))
        return std::type_identity<name<field_name_text<Record, Index>>>{};
    else
        return find_long_name<Record, Index + 1>();
}

// What may be said once only.
template <class Annotation> inline constexpr bool is_primary_key = false;
template <auto... Members> inline constexpr bool is_primary_key<primary_key<Members...>> = true;
template <class Annotation> inline constexpr bool is_soft_delete = false;
template <auto Member> inline constexpr bool is_soft_delete<soft_delete<Member>> = true;

/// The first member of a key that the key names twice, or that can be NULL.
template <class Annotation> struct key_facts {
    using repeated = no_member;
    using nullable = no_member;
};
template <auto... Members> struct key_facts<primary_key<Members...>> {
    template <auto Member>
    static constexpr bool once =
        (std::size_t{0} + ... + std::size_t{std::is_same_v<member<Member>, member<Members>>}) == 1;
    using repeated = typename first_found<std::conditional_t<once<Members>, no_member, member<Members>>...>::type;
    using nullable = typename first_found<
        std::conditional_t<is_optional<member_type<Members>>, member<Members>, no_member>...>::type;
};

template <class Record, class List> struct mapping_facts;
template <class Record, class... Annotations> struct mapping_facts<Record, type_list<Annotations...>> {
    static constexpr bool found = has_mapping<Record>;
    using unknown = typename first_found<
        std::conditional_t<is_annotation<Annotations>, no_member, std::type_identity<Annotations>>...>::type;
    static constexpr bool known = std::is_same_v<unknown, no_member>;
    static constexpr std::size_t tables = (std::size_t{0} + ... + std::size_t{annotation_facts<Annotations>::is_table});
    using unfit_table = typename first_found<typename annotation_facts<Annotations>::unfit_table...>::type;
    using foreign = typename first_found<typename annotation_facts<Annotations>::template foreign<Record>...>::type;
    using not_optional =
        std::conditional_t<std::is_same_v<foreign, no_member>,
                           typename first_found<typename annotation_facts<Annotations>::not_optional...>::type,
                           no_member>;
    using long_name = typename decltype(find_long_name<Record>())::type;
    static constexpr std::size_t keys = (std::size_t{0} + ... + std::size_t{is_primary_key<Annotations>});
    static constexpr std::size_t removals = (std::size_t{0} + ... + std::size_t{is_soft_delete<Annotations>});
    using repeated = typename first_found<typename key_facts<Annotations>::repeated...>::type;
    using nullable = typename first_found<typename key_facts<Annotations>::nullable...>::type;
    static constexpr bool ok = found && known && tables == 1 && std::is_same_v<unfit_table, no_member> &&
                               std::is_same_v<foreign, no_member> && std::is_same_v<not_optional, no_member> &&
                               std::is_same_v<long_name, no_member> && keys <= 1 && removals <= 1 &&
                               std::is_same_v<repeated, no_member> && std::is_same_v<nullable, no_member>;
};
template <class Record> using facts_of_mapping = mapping_facts<Record, typename mapping_of<Record>::list>;

/// Record is a struct with a mapping that fits it; where it is not, struct_check or record_check says why.
template <class Record, bool Known = has_known_fields<Record>> inline constexpr bool is_record = false;
template <class Record> inline constexpr bool is_record<Record, true> = facts_of_mapping<Record>::ok;

// Conditions with names: a compiler prints them with their arguments when an assertion fails.
template <class Record> inline constexpr bool record_names_its_table = has_mapping<Record>;
template <class Record, class Tables> inline constexpr bool names_one_table = false;
template <class Record> inline constexpr bool names_one_table<Record, counted<1>> = true;
template <class Found, class Record> inline constexpr bool holds_annotations_only = false;
template <class Record> inline constexpr bool holds_annotations_only<no_member, Record> = true;
template <class Name, class Record> inline constexpr bool table_name_fits = false;
template <class Record> inline constexpr bool table_name_fits<no_member, Record> = true;
template <class Offender, class Record> inline constexpr bool belongs_to = false;
template <class Record> inline constexpr bool belongs_to<no_member, Record> = true;
template <class Offender> inline constexpr bool is_std_optional = false;
template <> inline constexpr bool is_std_optional<no_member> = true;
template <class Record, class Keys, class Removals, class Member> inline constexpr bool says_each_once = false;
template <class Record, std::size_t Keys, std::size_t Removals>
inline constexpr bool says_each_once<Record, counted<Keys>, counted<Removals>, no_member> = Keys <= 1 && Removals <= 1;
template <class Member, class Record> inline constexpr bool identifies_rows = false;
template <class Record> inline constexpr bool identifies_rows<no_member, Record> = true;
template <class Name, class Record> inline constexpr bool column_name_fits = false;
template <class Record> inline constexpr bool column_name_fits<no_member, Record> = true;

/// Says in one sentence why the mapping of a struct does not fit it. Public templates name `said` first.
template <class Record, bool Known = has_known_fields<Record>> struct record_check {
    static constexpr bool said = true; // by struct_check
};
template <class Record> struct record_check<Record, true> {
    static constexpr bool said = true;
    using facts = facts_of_mapping<Record>;
    static constexpr bool readable = facts::found && facts::known; // else that is said already
    static_assert(record_names_its_table<Record>,
                  "pgrepo: [no_mapping] this record names no table; write in it: using pgrepo_mapping = "
                  "pgrepo::annotations<pgrepo::table<\"...\">, pgrepo::primary_key<&Record::...>>;");
    static_assert(
        holds_annotations_only<typename facts::unknown, Record>,
        "pgrepo: [unknown_annotation] a mapping is made of table, primary_key, generated, defaulted and soft_delete");
    static_assert(!readable || names_one_table<Record, counted<facts::tables>>,
                  "pgrepo: [one_table] a mapping names exactly one table<\"...\">");
    static_assert(table_name_fits<typename facts::unfit_table, Record>,
                  "pgrepo: [table_name] a table is \"name\" or \"schema.name\", each part of 1 to 63 bytes");
    static_assert(
        belongs_to<typename facts::foreign, Record>,
        "pgrepo: [foreign_member] a mapping names a member of another struct; name members of the record itself");
    static_assert(is_std_optional<typename facts::not_optional>,
                  "pgrepo: [soft_delete_not_optional] the soft_delete column must be a std::optional: empty means "
                  "that the row is there");
    static_assert(
        says_each_once<Record, counted<facts::keys>, counted<facts::removals>, typename facts::repeated>,
        "pgrepo: [repeated_annotation] a mapping says primary_key and soft_delete once, and a key names a member once; "
        "printed: the record, keys, soft_deletes, the member");
    static_assert(identifies_rows<typename facts::nullable, Record>,
                  "pgrepo: [nullable_key] a column of the primary key is never NULL; make the field no std::optional");
    static_assert(column_name_fits<typename facts::long_name, Record>,
                  "pgrepo: [identifier_too_long] a column name has at most 63 bytes; PostgreSQL would cut it off");
};

} // namespace pgrepo::detail
