#pragma once

#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/mapping/optional_traits.hpp>
#include <pgrepo/reflect/fields.hpp>

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
template <class Annotation> struct annotation_facts;
template <fixed_string Name> struct annotation_facts<table<Name>> {
    static constexpr bool is_table = true;
    static constexpr bool fits = is_table_name(Name.view());
    template <class Record> using foreign = no_member;
    using not_optional = no_member;
};
template <auto... Members> struct member_annotation_facts {
    static constexpr bool is_table = false;
    static constexpr bool fits = true;
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

template <class Record, class List> struct mapping_facts;
template <class Record, class... Annotations> struct mapping_facts<Record, type_list<Annotations...>> {
    static constexpr std::size_t tables = (std::size_t{0} + ... + std::size_t{annotation_facts<Annotations>::is_table});
    static constexpr bool table_fits = (annotation_facts<Annotations>::fits && ...);
    using foreign = typename first_found<typename annotation_facts<Annotations>::template foreign<Record>...>::type;
    using not_optional = typename first_found<typename annotation_facts<Annotations>::not_optional...>::type;
};

// Conditions with names: a compiler prints them with their arguments when an assertion fails.
template <class Record> inline constexpr bool record_names_its_table = has_mapping<Record>;
template <class Offender, class Record> inline constexpr bool belongs_to = false;
template <class Record> inline constexpr bool belongs_to<no_member, Record> = true;
template <class Offender> inline constexpr bool is_std_optional = false;
template <> inline constexpr bool is_std_optional<no_member> = true;
template <class Record>
inline constexpr bool column_names_fit = [] {
    for (auto name : field_names<Record>)
        if (!is_identifier_length(name.size())) return false;
    return true;
}();

/// Whether Record is a struct with a mapping that fits it. Each cause has one worded error, and no second one follows.
/// Public templates name this first: few levels between the user's line and the sentence keep the error short.
template <class Record, bool Reflectable = reflectable<Record>::ok> struct record_check {
    static constexpr bool ok = false;
};
template <class Record> struct record_check<Record, true> {
    static_assert(record_names_its_table<Record>,
                  "pgrepo: [no_mapping] this record names no table; write in it: using pgrepo_mapping = "
                  "pgrepo::annotations<pgrepo::table<\"...\">, pgrepo::primary_key<&Record::...>>;");
    using facts = mapping_facts<Record, typename mapping_of<Record>::list>;
    static constexpr bool mapped = has_mapping<Record>;
    static constexpr bool one_table = !mapped || facts::tables == 1;
    static_assert(one_table, "pgrepo: [one_table] a mapping names exactly one table<\"...\">");
    static_assert(facts::table_fits,
                  "pgrepo: [table_name] a table is \"name\" or \"schema.name\", each part of 1 to 63 bytes");
    static_assert(
        belongs_to<typename facts::foreign, Record>,
        "pgrepo: [foreign_member] a mapping names a member of another struct; name members of the record itself");
    static_assert(is_std_optional<typename facts::not_optional>,
                  "pgrepo: [soft_delete_not_optional] the soft_delete column must be a std::optional: empty means "
                  "that the row is there");
    static_assert(column_names_fit<Record>,
                  "pgrepo: [identifier_too_long] a column name has at most 63 bytes; PostgreSQL would cut it off");
    static constexpr bool ok = mapped && one_table && facts::table_fits && column_names_fit<Record> &&
                               belongs_to<typename facts::foreign, Record> &&
                               is_std_optional<typename facts::not_optional>;
};

} // namespace pgrepo::detail
