#pragma once

#include <pgrepo/base/choose.hpp>
#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/mapping/column.hpp>
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/struct_check.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

// Which columns a struct has: one for each field, and of an embedded field those of its own struct. Where no mapping says
// otherwise a column has its field's name.

/// A pointer to member as a type, so that a diagnostic can show it.
template <auto Member> struct member {};
struct no_member {};

/// The members that an annotation names.
template <class Annotation> struct members_of {
    using list = type_list<>;
};
template <auto... Members> struct members_of<primary_key<Members...>> {
    using list = type_list<member<Members>...>;
};
template <auto... Members> struct members_of<generated<Members...>> {
    using list = type_list<member<Members>...>;
};
template <auto... Members> struct members_of<defaulted<Members...>> {
    using list = type_list<member<Members>...>;
};
template <auto... Members> struct members_of<read_only<Members...>> {
    using list = type_list<member<Members>...>;
};
template <auto Member, fixed_string Column> struct members_of<renamed<Member, Column>> {
    using list = type_list<member<Member>>;
};
template <auto Member, fixed_string Prefix> struct members_of<embedded<Member, Prefix>> {
    using list = type_list<member<Member>>;
};
template <auto Member> struct members_of<soft_delete<Member>> {
    using list = type_list<member<Member>>;
};
template <auto Member> struct members_of<version<Member>> {
    using list = type_list<member<Member>>;
};
template <auto Member> struct members_of<touched<Member>> {
    using list = type_list<member<Member>>;
};
template <auto... Members> struct members_of<sensitive<Members...>> {
    using list = type_list<member<Members>...>;
};
template <auto... Terms> struct members_of<default_order<Terms...>> {
    using list = type_list<member<Terms.member>...>;
};

/// The first member of the list that is of another struct than T.
template <class T, class List> struct first_foreign {
    using type = no_member;
};
template <class T, auto First, class... Rest> struct first_foreign<T, type_list<member<First>, Rest...>> {
    using type = typename choose<std::is_same_v<member_class<First>, T>, first_foreign<T, type_list<Rest...>>,
                                 std::type_identity<member<First>>>::type;
};
template <class T, class Annotation>
inline constexpr bool names_own_members =
    std::is_same_v<typename first_foreign<T, typename members_of<Annotation>::list>::type, no_member>;

/// What is written in annotations about the column of a field; `embeds` makes several of it.
struct field_naming {
    std::string_view renamed{};
    std::string_view prefix{};
    bool embeds = false;
};

template <fixed_string Text> inline constexpr fixed_string static_name = Text;

template <class T> struct naming_reader {
    std::array<field_naming, field_count<T>>& fields;

    constexpr void read(const void*) const {}
    template <auto Member, fixed_string Column> constexpr void read(renamed<Member, Column>*) const {
        fields[member_index<Member>].renamed = static_name<Column>.view();
    }
    template <auto Member, fixed_string Prefix> constexpr void read(embedded<Member, Prefix>*) const {
        fields[member_index<Member>].prefix = static_name<Prefix>.view();
        fields[member_index<Member>].embeds = true;
    }
};

template <class Annotation> inline constexpr bool names_columns = false;
template <auto Member, fixed_string Column> inline constexpr bool names_columns<renamed<Member, Column>> = true;
template <auto Member, fixed_string Prefix> inline constexpr bool names_columns<embedded<Member, Prefix>> = true;

/// What the mapping says of the columns' names; nothing where it names a member that is not the struct's own, or says
/// nothing, as most do: `any` is then known before an array is filled.
template <class T, class List> struct field_namings;
template <class T, class... Annotations> struct field_namings<T, type_list<Annotations...>> {
    template <bool Named> static consteval bool is_readable() {
        if constexpr (Named) return (names_own_members<T, Annotations> && ...);
        return false;
    }
    static constexpr bool any = is_readable<(names_columns<Annotations> || ...)>();
    template <std::size_t Count> static consteval std::array<field_naming, Count> read() {
        std::array<field_naming, Count> fields{};
        for (field_naming& each : fields) each = field_naming{}; // g++ 12 reads no element that was not written
        const naming_reader<T> reader{fields};
        (reader.read(static_cast<Annotations*>(nullptr)), ...);
        return fields;
    }
};
template <class T> using field_namings_of = field_namings<T, typename mapping_of<T>::list>;
/// What it says of each field; empty where it says nothing.
template <class T, bool Any = field_namings_of<T>::any>
inline constexpr auto naming_of = field_namings_of<T>::template read<field_count<T>>();
template <class T> inline constexpr std::array<field_naming, 0> naming_of<T, false>{};

/// Whether a column is named otherwise than its field.
template <class T> inline constexpr bool names_anything = field_namings_of<T>::any;

template <class T> consteval bool embeds_anything() {
    if constexpr (names_anything<T>)
        for (const field_naming& naming : naming_of<T>)
            if (naming.embeds) return true;
    return false;
}

/// A field that can be embedded: a plain struct, none of whose fields is embedded itself.
template <class T> consteval bool is_flat() {
    if constexpr (has_known_fields<T>) return field_count<T> > 0 && !embeds_anything<T>();
    return false;
}

/// A column's name, and where its value is.
struct column_place {
    std::string_view name{};
    std::size_t field = 0;
    std::size_t inner = column::none;
};

/// Of a field that is not embedded. `namings` is null where the mapping says nothing of names.
constexpr std::string_view own_column_name(const std::string_view* names, const field_naming* namings,
                                           std::size_t field) noexcept {
    return namings == nullptr || namings[field].renamed.empty() ? names[field] : namings[field].renamed;
}
template <class T> consteval const field_naming* namings_or_null() {
    if constexpr (names_anything<T>) return naming_of<T>.data();
    return nullptr;
}
template <class T> constexpr std::string_view own_column_name(std::size_t field) {
    return own_column_name(field_names<T>.data(), namings_or_null<T>(), field);
}

/// The prefix and the inner field's column name, in one text.
template <class T, std::size_t Field, std::size_t Inner>
inline constexpr auto embedded_column_name = [] {
    constexpr std::string_view prefix = naming_of<T>[Field].prefix;
    constexpr std::string_view name = own_column_name<field_type<T, Field>>(Inner);
    fixed_string<prefix.size() + name.size() + 1> out;
    for (std::size_t i = 0; i < prefix.size(); ++i) out.data[i] = prefix[i];
    for (std::size_t i = 0; i < name.size(); ++i) out.data[prefix.size() + i] = name[i];
    return out;
}();

/// Of fields none of which is embedded; `namings` may be null.
template <std::size_t Count>
consteval std::array<column_place, Count> place_columns(const std::string_view* names, const field_naming* namings) {
    std::array<column_place, Count> out{};
    for (std::size_t field = 0; field < Count; ++field)
        out[field] = {own_column_name(names, namings, field), field, column::none};
    return out;
}

/// The columns of T in the order of its fields.
template <class T, bool Embeds = embeds_anything<T>()> struct layout {
    static constexpr auto places = place_columns<field_count<T>>(field_names<T>.data(), namings_or_null<T>());
};
template <class T> struct layout<T, true> {
    template <std::size_t Field> static consteval std::size_t width() {
        if constexpr (naming_of<T>[Field].embeds && is_flat<field_type<T, Field>>())
            return field_count<field_type<T, Field>>;
        else
            return 1;
    }
    template <std::size_t Field> static constexpr void place(column_place*& out) {
        if constexpr (naming_of<T>[Field].embeds && is_flat<field_type<T, Field>>())
            [&]<std::size_t... Inner>(std::index_sequence<Inner...>) {
                ((*out++ = column_place{embedded_column_name<T, Field, Inner>.view(), Field, Inner}), ...);
            }(std::make_index_sequence<field_count<field_type<T, Field>>>{});
        else
            *out++ = column_place{own_column_name<T>(Field), Field, column::none};
    }
    static constexpr auto places = []<std::size_t... Field>(std::index_sequence<Field...>) {
        std::array<column_place, (std::size_t{0} + ... + width<Field>())> out{};
        column_place* next = out.data();
        (place<Field>(next), ...);
        return out;
    }(std::make_index_sequence<field_count<T>>{});
};

/// How many columns T has; 0 where its fields are not known.
template <class T> inline constexpr std::size_t column_count = layout<T>::places.size();
template <class T> inline constexpr auto& column_places = layout<T>::places;

template <class T, std::size_t Field, std::size_t Inner> struct place_type {
    using type = field_type<field_type<T, Field>, Inner>;
};
template <class T, std::size_t Field> struct place_type<T, Field, column::none> {
    using type = field_type<T, Field>;
};
template <bool Embeds> struct type_of_column {
    template <class T, std::size_t Index> using type = field_type<T, Index>;
};
template <> struct type_of_column<true> {
    template <class T, std::size_t Index>
    using type = typename place_type<T, column_places<T>[Index].field, column_places<T>[Index].inner>::type;
};
/// The type of the value of a column.
template <class T, std::size_t Index>
using column_type = typename type_of_column<embeds_anything<T>()>::template type<T, Index>;

/// Those of all columns, as declared_types: what is done for each is then done for the list, which records may share, and
/// no column is looked up by its number.
template <class T, bool Embeds = embeds_anything<T>()> struct types_of_columns {
    using list = list_of_fields<T>;
};
template <class T> struct types_of_columns<T, true> {
    template <std::size_t... Index>
    static declared_types<column_type<T, Index>...> list_of(std::index_sequence<Index...>);
    using list = decltype(list_of(std::make_index_sequence<column_count<T>>{}));
};
/// A null pointer to them, from which a function deduces them.
template <class T> inline constexpr typename types_of_columns<T>::list* column_types = nullptr;

/// The value of a column.
template <std::size_t Index, class T> constexpr auto& get_column(T& object) noexcept {
    constexpr const column_place& place = column_places<std::remove_const_t<T>>[Index];
    if constexpr (place.inner == column::none)
        return get_field<place.field>(object);
    else
        return get_field<place.inner>(get_field<place.field>(object));
}

/// Where the values of all columns are, made by `addresses<void>(object)`: fields_of itself where nothing is embedded.
template <class T> struct embedding_columns {
    template <class> static constexpr auto addresses(T& object) noexcept {
        std::array<void*, column_count<T>> out{};
        std::size_t columns = 0;
        std::size_t number = 0;
        const auto add = [&](auto& field) {
            const bool embeds = naming_of<T>[number++].embeds;
            if constexpr (is_flat<std::remove_reference_t<decltype(field)>>()) {
                if (embeds) {
                    for (void* inner : field_addresses(field)) out[columns++] = inner;
                    return;
                }
            }
            out[columns++] = __builtin_addressof(field);
        };
        [&]<std::size_t... Field>(std::index_sequence<Field...>) {
            (add(get_field<Field>(object)), ...);
        }(std::make_index_sequence<field_count<T>>{});
        return out;
    }
};
template <class T> using located_columns = choose<embeds_anything<T>(), embedding_columns<T>, fields_of<T>>;

/// A column's name for a diagnostic.
template <class T, std::size_t Index>
using column_name_label = name<fixed<column_places<T>[Index].name.size()>(column_places<T>[Index].name)>;

/// The column of a field that is not embedded; the first one of an embedded field.
template <class T> consteval std::size_t column_of(std::size_t field) {
    if constexpr (!embeds_anything<T>()) return field < column_count<T> ? field : no_field;
    for (std::size_t i = 0; i < column_count<T>; ++i)
        if (column_places<T>[i].field == field) return i;
    return no_field;
}
template <auto Member>
inline constexpr std::size_t column_of_member = column_of<member_class<Member>>(member_index<Member>);

} // namespace pgrepo::detail
