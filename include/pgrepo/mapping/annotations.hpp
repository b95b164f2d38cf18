#pragma once

#include <pgrepo/base/fixed_string.hpp>
#include <pgrepo/mapping/type_list.hpp>

#include <type_traits>

namespace pgrepo {

// The closed list of what a mapping can say. Each takes pointers to members, so a typing error does not compile.

/// The table, quoted as written; "schema.name" is two identifiers.
template <fixed_string Name> struct table {};
/// The columns that identify a row. None: a view, which can be read but not changed by key.
template <auto... Members> struct primary_key {};
/// Columns that the database fills (DEFAULT, identity, trigger): a full record does not write them,
/// a create struct that names one does.
template <auto... Members> struct generated {};
/// Columns that have a default: a create struct may leave them out.
template <auto... Members> struct defaulted {};
/// Columns that are never written from here (GENERATED ALWAYS, a trigger's, another service's). A create struct or a
/// patch that names one does not compile.
template <auto... Members> struct read_only {};
/// The column of a field whose name is another. Structs given to create and update name the field.
template <auto Member, fixed_string Column> struct renamed {};
/// A field that is a struct of its own: each of its fields is a column of this record's table, named with the prefix.
/// Read and written as one.
template <auto Member, fixed_string Prefix> struct embedded {};
/// The column that says when a row was removed. `remove` sets it, and rows that have it are not seen.
template <auto Member> struct soft_delete {};
/// An integer that counts the changes of a row: 1 when it is made (unless the database fills it), one more with each
/// change. A patch that has this field says which one it expects, and is refused where the row has another.
template <auto Member> struct version {};
/// A time that each change sets to now(). So does create, unless the database fills it.
template <auto Member> struct touched {};
/// Columns whose values are never logged and never cached.
template <auto... Members> struct sensitive {};
/// The order of find_one, find_all and find_page where the call gives none: default_order<desc<&T::created_at>>.
template <auto... Terms> struct default_order {};

namespace detail {

template <class T> inline constexpr bool is_annotation = false;
template <fixed_string Name> inline constexpr bool is_annotation<table<Name>> = true;
template <auto... Members> inline constexpr bool is_annotation<primary_key<Members...>> = true;
template <auto... Members> inline constexpr bool is_annotation<generated<Members...>> = true;
template <auto... Members> inline constexpr bool is_annotation<defaulted<Members...>> = true;
template <auto... Members> inline constexpr bool is_annotation<read_only<Members...>> = true;
template <auto Member, fixed_string Column> inline constexpr bool is_annotation<renamed<Member, Column>> = true;
template <auto Member, fixed_string Prefix> inline constexpr bool is_annotation<embedded<Member, Prefix>> = true;
template <auto Member> inline constexpr bool is_annotation<soft_delete<Member>> = true;
template <auto Member> inline constexpr bool is_annotation<version<Member>> = true;
template <auto Member> inline constexpr bool is_annotation<touched<Member>> = true;
template <auto... Members> inline constexpr bool is_annotation<sensitive<Members...>> = true;
template <auto... Terms> inline constexpr bool is_annotation<default_order<Terms...>> = true;

} // namespace detail

/// What a record's `pgrepo_mapping` alias names, or a specialisation of `pgrepo::mapping` derives from.
template <class... Annotations> struct annotations {
    using annotation_list = detail::type_list<Annotations...>;
};

/// A record's mapping from outside, for a struct that cannot carry the alias. Write it in the header of the struct:
/// a translation unit that does not see it would take the struct for unmapped.
///
///     template <> struct pgrepo::mapping<Legacy> : pgrepo::annotations<pgrepo::table<"legacy">> {};
template <class Record> struct mapping {
    using pgrepo_unmapped = void;
};

namespace detail {

template <class T>
concept MappedOutside = !requires { typename mapping<T>::pgrepo_unmapped; };
template <class T>
concept MappedInside = requires { typename T::pgrepo_mapping; };

template <class T> struct mapping_of {
    static constexpr bool found = false;
    using list = type_list<>;
};
template <class T>
    requires MappedOutside<T>
struct mapping_of<T> {
    static constexpr bool found = true;
    using list = typename mapping<T>::annotation_list;
};
template <class T>
    requires(MappedInside<T> && !MappedOutside<T>)
struct mapping_of<T> {
    static constexpr bool found = true;
    using list = typename T::pgrepo_mapping::annotation_list;
};

template <class T> inline constexpr bool has_mapping = mapping_of<T>::found;

} // namespace detail
} // namespace pgrepo
