#pragma once

// The only file that touches Boost.PFR. Reaching fields is PFR's, told how many there are (field_facts counts them: see
// docs/architecture.md); their names are too from Boost 1.84 on, and before that are read from the compiler's own
// description of a pointer to the field.

#include <pgrepo/base/choose.hpp>
#include <pgrepo/reflect/field_facts.hpp>
#include <pgrepo/reflect/pretty.hpp>
#include <pgrepo/reflect/reflectable.hpp>

#include <boost/pfr/core.hpp>
#include <boost/version.hpp>
#if BOOST_VERSION >= 108400
#include <boost/pfr/core_name.hpp>
#endif

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template" // `nowhere` has no definition on purpose
#pragma clang diagnostic ignored "-Wundefined-internal"     // nor for a struct in an anonymous namespace
#endif

namespace pgrepo::detail {

/// Only its address is taken. The destructor is declared so that T need not be constructible at compile time.
template <class T> struct never_made {
    const T value;
    ~never_made();
};
template <class T> extern const never_made<T> nowhere;

/// clang before 19 takes a pointer to a subobject as a template argument only inside a class.
struct pointer_box {
    const void* pointer;
};

/// PFR's way to a field, told the number of fields: where PFR is left to count, large fields cost seconds and a field
/// that takes anything is an error inside PFR. A PFR that cannot be told any more counts by itself.
template <std::size_t Index, class T> constexpr auto& reach_field(T& object) noexcept {
    using counted = boost::pfr::detail::size_t_<field_facts<std::remove_const_t<T>>::counted>;
    if constexpr (requires { boost::pfr::detail::tie_as_tuple(object, counted{}); })
        return boost::pfr::detail::sequence_tuple::get<Index>(boost::pfr::detail::tie_as_tuple(object, counted{}));
    else
        return boost::pfr::get<Index>(object);
}

#if BOOST_VERSION >= 108400
/// PFR counts for its names, by values that convert to anything: a constructor that takes anything is instantiated.
template <class... Fields> consteval bool none_takes_anything(declared_types<Fields...>*) {
    return (!std::is_constructible_v<Fields, no_probe> && ...);
}
template <class T>
inline constexpr bool pfr_names_fields =
    field_facts<T>::found.what == obstacle::none &&
    none_takes_anything(
        static_cast<decltype(fields_written_out<field_facts<T>::counted>::types(std::declval<T&>()))*>(nullptr));
#endif

/// The addresses of all fields of an object in their order, by one structured binding. What is done with them then needs
/// no function for each struct, and their names are described four times as fast as by PFR's way to each.
template <class T> using fields_of = fields_written_out<field_facts<std::remove_const_t<T>>::counted>;
template <class T> constexpr auto field_addresses(T& object) noexcept {
    return fields_of<T>::template addresses<choose<std::is_same_v<T, const T>, const void, void>>(object);
}

/// Described together, with one value alone to tell what stands before each name; where that fails, one by one.
template <std::size_t Count> struct described_fields {
    std::array<std::string_view, Count> names{};
    bool known = false;
};
template <std::size_t Count> consteval auto read_description(std::string_view text, std::string_view first) {
    described_fields<Count> out{};
    const std::string_view name = last_identifier(first);
    out.known = find_last_identifiers(text, static_cast<std::size_t>(name.data() - first.data()) - value_at,
                                      out.names.data(), Count);
    return out;
}
template <class T, std::size_t... Index> consteval auto describe_fields(std::index_sequence<Index...>) {
    constexpr std::size_t count = sizeof...(Index);
    if constexpr (count != 0) {
        [[maybe_unused]] constexpr auto at =
            field_addresses(nowhere<T>.value); // in no variable, which might be emitted
#if defined(__clang__)
        constexpr auto together =
            read_description<count>(pretty_values<pointer_box{at[Index]}...>(), pretty_value<pointer_box{at[0]}>());
#else
        constexpr auto together = read_description<count>(pretty_values<at[Index]...>(), pretty_value<at[0]>());
#endif
        if constexpr (together.known)
            return together.names;
        else
#if defined(__clang__)
            return std::array<std::string_view, count>{last_identifier(pretty_value<pointer_box{at[Index]}>())...};
#else
            return std::array<std::string_view, count>{last_identifier(pretty_value<at[Index]>())...};
#endif
    } else {
        return std::array<std::string_view, 0>{};
    }
}
#if BOOST_VERSION >= 108400
template <class T, std::size_t... Index> consteval auto name_fields(std::index_sequence<Index...> indices) {
    if constexpr (pfr_names_fields<T>)
        return std::array<std::string_view, sizeof...(Index)>{boost::pfr::get_name<Index, T>()...};
    else
        return describe_fields<T>(indices);
}
#else
template <class T, class Indices> consteval auto name_fields(Indices indices) {
    return describe_fields<T>(indices);
}
#endif
/// What the compilers call the fields: views of their descriptions, which must not end up in the binary.
template <class T>
inline constexpr auto described_names = name_fields<T>(std::make_index_sequence<field_facts<T>::counted>{});

/// A copy of the name alone.
template <class T, std::size_t Index>
inline constexpr auto field_name_text = fixed<described_names<T>[Index].size()>(described_names<T>[Index]);

/// T is a struct whose fields are known here; where it is not, struct_check says why.
template <class T>
inline constexpr bool has_known_fields =
    reflectable<T>::ok && field_facts<T>::counted <= max_fields && field_facts<T>::found.what == obstacle::none;

/// How many fields T has; 0 where they are not known.
template <class T> inline constexpr std::size_t field_count = has_known_fields<T> ? field_facts<T>::counted : 0;

template <std::size_t Index, class Type> struct numbered_type {
    using type = Type;
};
template <class Indices, class Types> struct numbered_types;
template <std::size_t... Index, class... Types>
struct numbered_types<std::index_sequence<Index...>, declared_types<Types...>> : numbered_type<Index, Types>... {};
template <std::size_t Index, class Type> numbered_type<Index, Type> type_numbered(const numbered_type<Index, Type>*);

/// All of them, as declared_types.
template <class T> using list_of_fields = decltype(fields_written_out<field_count<T>>::types(std::declval<T&>()));
template <class T> using field_types = numbered_types<std::make_index_sequence<field_count<T>>, list_of_fields<T>>;
template <class T, std::size_t Index>
using field_type = typename decltype(type_numbered<Index>(static_cast<const field_types<T>*>(nullptr)))::type;

template <std::size_t Index, class T> constexpr auto& get_field(T& object) noexcept {
    return reach_field<Index>(object);
}

// Copies of all names, one behind the other, each with a zero behind it.
constexpr std::size_t size_of_names(const std::string_view* names, std::size_t count) noexcept {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += names[i].size() + 1;
    return sum;
}
template <std::size_t Size>
consteval std::array<char, Size> join_names(const std::string_view* names, std::size_t count) {
    std::array<char, Size> out{};
    char* to = out.data(); // an array's operator is two calls for a compiler, for each character
    for (std::size_t i = 0; i < count; ++i) {
        const char* from = names[i].data();
        const std::size_t length = names[i].size();
        for (std::size_t k = 0; k < length; ++k) to[k] = from[k];
        to += length + 1;
    }
    return out;
}
template <std::size_t Count>
consteval std::array<std::string_view, Count> split_names(const char* at, const std::string_view* sizes) {
    std::array<std::string_view, Count> out{};
    for (std::string_view& each : out) {
        each = {at, sizes->size()};
        at += sizes++->size() + 1;
    }
    return out;
}
template <class T>
inline constexpr auto field_name_bytes = join_names<size_of_names(described_names<T>.data(), field_facts<T>::counted)>(
    described_names<T>.data(), field_facts<T>::counted);

/// The field names of T in their order. Where its fields are not known, they are not described either.
template <class T, std::size_t Count = field_count<T>>
inline constexpr auto field_names = split_names<Count>(field_name_bytes<T>.data(), described_names<T>.data());
template <class T> inline constexpr std::array<std::string_view, 0> field_names<T, 0>{};

inline constexpr std::size_t no_field = static_cast<std::size_t>(-1);

/// Looked for from `first` on, and then from the start.
constexpr std::size_t find_name(const std::string_view* names, std::size_t count, std::string_view wanted,
                                std::size_t first = 0) noexcept {
    for (std::size_t i = 0, at = first; i < count; ++i, ++at) {
        if (at >= count) at = 0;
        if (names[at].size() == wanted.size() && names[at] == wanted) return at;
    }
    return no_field;
}
template <class T> consteval std::size_t field_index(std::string_view name) {
    return find_name(field_names<T>.data(), field_count<T>, name);
}

/// Calls `function.template operator()<Index>()` for each field.
template <class T, class Function> constexpr void for_each_field(Function&& function) {
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        (function.template operator()<Index>(), ...);
    }(std::make_index_sequence<field_count<T>>{});
}

template <class Class, class Type> Class class_of_member(Type Class::*);
template <class Class, class Type> Type type_of_member(Type Class::*);
/// The struct that a pointer to member belongs to, and the member's type.
template <auto Member> using member_class = decltype(class_of_member(Member));
template <auto Member> using member_type = decltype(type_of_member(Member));

/// The place of an address among others, or of the same one twice: only fields without content share one.
inline constexpr std::size_t ambiguous_field = no_field - 1;
constexpr std::size_t find_address(const void* const* addresses, std::size_t count, const void* wanted) noexcept {
    for (std::size_t i = 0; i < count; ++i)
        if (addresses[i] == wanted) {
            for (std::size_t k = i + 1; k < count; ++k)
                if (addresses[k] == wanted) return ambiguous_field;
            return i;
        }
    return no_field;
}
template <class T> consteval std::size_t find_field(const void* wanted) {
    const auto addresses = field_addresses(nowhere<T>.value);
    return find_address(addresses.data(), field_count<T>, wanted);
}
template <auto Member, std::size_t Found> inline constexpr std::size_t found_member = Found;
template <auto Member>
inline constexpr std::size_t found_member<Member, ambiguous_field> =
    field_index<member_class<Member>>(member_name<Member>());
/// The field's number of a pointer to member.
template <auto Member>
inline constexpr std::size_t member_index =
    found_member<Member,
                 find_field<member_class<Member>>(__builtin_addressof(nowhere<member_class<Member>>.value.*Member))>;

} // namespace pgrepo::detail

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
