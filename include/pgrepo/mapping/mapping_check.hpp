#pragma once

#include <pgrepo/base/choose.hpp>
#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/mapping/layout.hpp>
#include <pgrepo/mapping/optional_traits.hpp>
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/struct_check.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pgrepo::detail {

/// Well-formed UTF-8 without a zero byte: what PostgreSQL takes as an identifier (RFC 3629: no overlong forms, no
/// surrogates, nothing over U+10FFFF).
constexpr bool is_identifier_text(std::string_view text) noexcept {
    bool ascii = !text.empty(); // as nearly every name is, and quickly seen: this runs for each column when compiled
    for (const char c : text) ascii = ascii && static_cast<signed char>(c) > 0;
    if (ascii) return true;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (std::size_t i = 0; i < text.size();) {
        const unsigned first = byte(i);
        if (first == 0) return false;
        const std::size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (length == 0 || first > 0xf4 || i + length > text.size()) return false;
        unsigned code = length == 1 ? first : first & (0x7fU >> length);
        for (std::size_t k = 1; k < length; ++k) {
            if ((byte(i + k) & 0xc0U) != 0x80) return false;
            code = code << 6U | (byte(i + k) & 0x3fU);
        }
        if ((length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
            (length == 4 && (code < 0x10000 || code > 0x10ffff)))
            return false;
        i += length;
    }
    return !text.empty();
}
constexpr bool is_identifier_length(std::size_t bytes) noexcept {
    return bytes >= 1 && bytes <= 63;
}

/// "name" or "schema.name", each part an identifier of a length that PostgreSQL does not cut off.
constexpr bool is_table_name(std::string_view text) noexcept {
    const auto fits = [](std::string_view part) {
        return is_identifier_length(part.size()) && is_identifier_text(part);
    };
    const std::size_t dot = text.find('.');
    if (dot == text.npos) return fits(text);
    const std::string_view rest = text.substr(dot + 1);
    return fits(text.substr(0, dot)) && fits(rest) && rest.find('.') == rest.npos;
}

template <class... Found> struct first_found {
    using type = no_member;
};
template <class First, class... Rest> struct first_found<First, Rest...> {
    using type = First;
};
template <class... Rest> struct first_found<no_member, Rest...> : first_found<Rest...> {};

template <class T> inline constexpr bool is_signed_integer = std::is_integral_v<T> && std::is_signed_v<T>;

/// What kind an annotation is of, and the name or the member in it that cannot be.
enum class said_once : unsigned char { anything, key, removal, version, touch, order };
template <class Annotation> struct annotation_facts {
    static constexpr said_once kind = said_once::anything;
    static constexpr bool is_table = false;
    using unfit_table = no_member;
    using unfit_member = no_member;
};
template <fixed_string Name> struct annotation_facts<table<Name>> : annotation_facts<void> {
    static constexpr bool is_table = true;
    using unfit_table = choose<is_table_name(Name.view()), no_member, name<Name>>;
};
template <auto... Members> struct annotation_facts<primary_key<Members...>> : annotation_facts<void> {
    static constexpr said_once kind = said_once::key;
};
template <auto Member> struct annotation_facts<soft_delete<Member>> : annotation_facts<void> {
    static constexpr said_once kind = said_once::removal;
    using unfit_member = choose<is_optional<member_type<Member>>, no_member, soft_delete<Member>>;
};
template <auto Member> struct annotation_facts<version<Member>> : annotation_facts<void> {
    static constexpr said_once kind = said_once::version;
    using unfit_member = choose<is_signed_integer<member_type<Member>>, no_member, version<Member>>;
};
template <auto Member> struct annotation_facts<touched<Member>> : annotation_facts<void> {
    static constexpr said_once kind = said_once::touch;
};
template <auto Member, fixed_string Prefix> struct annotation_facts<embedded<Member, Prefix>> : annotation_facts<void> {
    using unfit_member = choose<is_flat<member_type<Member>>(), no_member, embedded<Member, Prefix>>;
};
template <auto... Terms> struct annotation_facts<default_order<Terms...>> : annotation_facts<void> {
    static constexpr said_once kind = said_once::order;
};

/// The first member of a key that the key names twice, or that no key can hold.
template <class Annotation> struct key_facts {
    using repeated = no_member;
    using nullable = no_member;
};
template <auto... Members> struct key_facts<primary_key<Members...>> {
    template <auto Member>
    static constexpr bool once =
        (std::size_t{0} + ... + std::size_t{std::is_same_v<member<Member>, member<Members>>}) == 1;
    using repeated = typename first_found<choose<once<Members>, no_member, member<Members>>...>::type;
    using nullable =
        typename first_found<choose<is_optional<member_type<Members>>, member<Members>, no_member>...>::type;
};

/// What is wrong with the name of a column, and of which.
enum class name_fault : unsigned char { none, length, text, repeated };
struct name_verdict {
    name_fault fault = name_fault::none;
    std::size_t column = 0;
};
template <class Record> consteval name_verdict judge_names() {
    constexpr bool plain = !names_anything<Record>; // as a member is named: an identifier, and no other member's
    const column_place* const places = column_places<Record>.data();
    for (std::size_t i = 0; i < column_count<Record>; ++i) {
        const std::string_view text = places[i].name;
        if (!plain && !is_identifier_text(text)) return {name_fault::text, i};
        if (!is_identifier_length(text.size())) return {name_fault::length, i};
        for (std::size_t k = 0; k < i && !plain; ++k)
            if (places[k].name == text) return {name_fault::repeated, i};
    }
    return {};
}
template <class Record, name_fault Fault, name_verdict Verdict> consteval auto label_of_fault() {
    if constexpr (Verdict.fault == Fault)
        return std::type_identity<column_name_label<Record, Verdict.column>>{};
    else
        return std::type_identity<no_member>{};
}

constexpr bool says_each_kind_once(const said_once* kinds, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < i; ++k)
            if (kinds[i] != said_once::anything && kinds[i] == kinds[k]) return false;
    return true;
}

template <class Record, class List> struct mapping_facts;
template <class Record, class... Annotations> struct mapping_facts<Record, type_list<Annotations...>> {
    static constexpr bool found = has_mapping<Record>;
    using unknown =
        typename first_found<choose<is_annotation<Annotations>, no_member, std::type_identity<Annotations>>...>::type;
    static constexpr bool known = std::is_same_v<unknown, no_member>;
    static constexpr std::size_t tables = (std::size_t{0} + ... + std::size_t{annotation_facts<Annotations>::is_table});
    using unfit_table = typename first_found<typename annotation_facts<Annotations>::unfit_table...>::type;
    using foreign =
        typename first_found<typename first_foreign<Record, typename members_of<Annotations>::list>::type...>::type;
    static constexpr bool own = std::is_same_v<foreign, no_member>;
    using unfit_member =
        choose<own, typename first_found<typename annotation_facts<Annotations>::unfit_member...>::type, no_member>;
    static constexpr name_verdict names = judge_names<Record>();
    static constexpr said_once kinds[] = {annotation_facts<Annotations>::kind..., said_once::anything};
    static constexpr std::size_t count(said_once kind) noexcept {
        std::size_t n = 0;
        for (const said_once each : kinds) n += each == kind ? 1 : 0;
        return n;
    }
    static constexpr bool each_once = says_each_kind_once(kinds, sizeof...(Annotations));
    using repeated = typename first_found<typename key_facts<Annotations>::repeated...>::type;
    using nullable = typename first_found<typename key_facts<Annotations>::nullable...>::type;
    static constexpr bool ok = found && known && tables == 1 && std::is_same_v<unfit_table, no_member> && own &&
                               std::is_same_v<unfit_member, no_member> && names.fault == name_fault::none &&
                               each_once && std::is_same_v<repeated, no_member> && std::is_same_v<nullable, no_member>;
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
template <class Offender> inline constexpr bool is_std_optional = true;
template <auto Member> inline constexpr bool is_std_optional<soft_delete<Member>> = false;
template <class Offender> inline constexpr bool is_whole_number = true;
template <auto Member> inline constexpr bool is_whole_number<version<Member>> = false;
template <class Offender> inline constexpr bool is_struct_of_columns = true;
template <auto Member, fixed_string Prefix>
inline constexpr bool is_struct_of_columns<embedded<Member, Prefix>> = false;
template <class Record, class Keys, class Removals, class Member> inline constexpr bool says_each_once = false;
template <class Record, std::size_t Keys, std::size_t Removals>
inline constexpr bool says_each_once<Record, counted<Keys>, counted<Removals>, no_member> =
    facts_of_mapping<Record>::each_once;
template <class Member, class Record> inline constexpr bool identifies_rows = false;
template <class Record> inline constexpr bool identifies_rows<no_member, Record> = true;
template <class Name, class Record> inline constexpr bool column_name_fits = false;
template <class Record> inline constexpr bool column_name_fits<no_member, Record> = true;
template <class Name, class Record> inline constexpr bool column_name_is_text = false;
template <class Record> inline constexpr bool column_name_is_text<no_member, Record> = true;
template <class Name, class Record> inline constexpr bool column_name_is_unique = false;
template <class Record> inline constexpr bool column_name_is_unique<no_member, Record> = true;

/// Says in one sentence why the mapping of a struct does not fit it. Public templates name `said` first.
template <class Record, bool Known = has_known_fields<Record>> struct record_check {
    static constexpr bool said = true; // by struct_check
};
template <class Record> struct record_check<Record, true> {
    static constexpr bool said = true;
    using facts = facts_of_mapping<Record>;
    static constexpr bool readable = facts::found && facts::known; // else that is said already
    template <name_fault Fault>
    using offending_name = typename decltype(label_of_fault<Record, Fault, facts::names>())::type;
    static_assert(record_names_its_table<Record>,
                  "pgrepo: [no_mapping] this record names no table; write in it: using pgrepo_mapping = "
                  "pgrepo::annotations<pgrepo::table<\"...\">, pgrepo::primary_key<&Record::...>>;");
    static_assert(holds_annotations_only<typename facts::unknown, Record>,
                  "pgrepo: [unknown_annotation] a mapping is made of table, primary_key, generated, defaulted, "
                  "read_only, renamed, embedded, soft_delete, version, touched, sensitive and default_order");
    static_assert(!readable || names_one_table<Record, counted<facts::tables>>,
                  "pgrepo: [one_table] a mapping names exactly one table<\"...\">");
    static_assert(table_name_fits<typename facts::unfit_table, Record>,
                  "pgrepo: [table_name] a table is \"name\" or \"schema.name\", each part of 1 to 63 bytes of UTF-8 "
                  "without a zero byte");
    static_assert(
        belongs_to<typename facts::foreign, Record>,
        "pgrepo: [foreign_member] a mapping names a member of another struct; name members of the record itself");
    static_assert(is_std_optional<typename facts::unfit_member>,
                  "pgrepo: [soft_delete_not_optional] the soft_delete column must be a std::optional: empty means "
                  "that the row is there");
    static_assert(is_whole_number<typename facts::unfit_member>,
                  "pgrepo: [version_type] the version column must be a signed integer that is never NULL");
    static_assert(is_struct_of_columns<typename facts::unfit_member>,
                  "pgrepo: [embedded] an embedded field must be a plain struct of columns, without embedded fields of "
                  "its own");
    static_assert(
        says_each_once<Record, counted<facts::count(said_once::key)>, counted<facts::count(said_once::removal)>,
                       typename facts::repeated>,
        "pgrepo: [repeated_annotation] a mapping says primary_key, soft_delete, version, touched and default_order once, "
        "and a key names a member once; printed: the record, keys, soft_deletes, the member");
    static_assert(identifies_rows<typename facts::nullable, Record>,
                  "pgrepo: [nullable_key] a column of the primary key is never NULL; make the field no std::optional");
    static_assert(column_name_fits<offending_name<name_fault::length>, Record>,
                  "pgrepo: [identifier_too_long] a column name has at most 63 bytes; PostgreSQL would cut it off");
    static_assert(column_name_is_text<offending_name<name_fault::text>, Record>,
                  "pgrepo: [column_name] a column name is UTF-8 without a zero byte, and not empty");
    static_assert(column_name_is_unique<offending_name<name_fault::repeated>, Record>,
                  "pgrepo: [repeated_column] two fields of the record have the same column; renamed<> or another "
                  "prefix of embedded<> tells them apart");
};

} // namespace pgrepo::detail
