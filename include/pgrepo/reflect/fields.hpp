#pragma once

// The only file that touches Boost.PFR. Reaching fields is PFR's, told how many there are (field_facts counts them: see
// docs/architecture.md); their names are too from Boost 1.84 on, and before that are read from the compiler's own
// description of a pointer to the field.

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
template <class Void> struct take_addresses { // not told by the fields: a mutable one of a const object is not const
    template <class... Fields> constexpr auto operator()(Fields&... fields) const noexcept {
        return std::array<Void*, sizeof...(Fields)>{__builtin_addressof(fields)...};
    }
};
template <class T> constexpr auto field_addresses(T& object) noexcept {
    using pointed_at = std::conditional_t<std::is_const_v<T>, const void, void>;
    return fields_written_out<field_facts<std::remove_const_t<T>>::counted>::visit(object,
                                                                                   take_addresses<pointed_at>{});
}

/// What the compilers call the fields: views of their descriptions, which must not end up in the binary.
template <class T>
inline constexpr auto described_names = []<std::size_t... Index>(std::index_sequence<Index...>) {
    using names = std::array<std::string_view, sizeof...(Index)>;
#if BOOST_VERSION >= 108400
    if constexpr (pfr_names_fields<T>)
        return names{boost::pfr::get_name<Index, T>()...};
    else
#endif
    {
        [[maybe_unused]] constexpr auto pointers = field_addresses(nowhere<T>.value);
#if defined(__clang__)
        return names{last_identifier(pretty_value<pointer_box{pointers[Index]}>())...};
#else
        return names{last_identifier(pretty_value<pointers[Index]>())...};
#endif
    }
}(std::make_index_sequence<field_facts<T>::counted>{});

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

template <class T>
using field_types = numbered_types<std::make_index_sequence<field_count<T>>,
                                   decltype(fields_written_out<field_count<T>>::types(std::declval<T&>()))>;
template <class T, std::size_t Index>
using field_type = typename decltype(type_numbered<Index>(static_cast<const field_types<T>*>(nullptr)))::type;

template <std::size_t Index, class T> constexpr auto& get_field(T& object) noexcept {
    return reach_field<Index>(object);
}

/// Calls `function(field…)` with all fields at once: a function for each field would be instantiated for each struct, and
/// that is most of what compiling a record costs.
template <class T, class Function> constexpr decltype(auto) visit_fields(T& object, Function&& function) {
    return fields_written_out<field_count<std::remove_const_t<T>>>::visit(object, function);
}

/// A copy of all names, one behind the other, each with a zero behind it.
template <class T>
inline constexpr auto field_name_bytes = [] {
    constexpr std::size_t size = [] {
        std::size_t sum = 0;
        for (const std::string_view& name : described_names<T>) sum += name.size() + 1;
        return sum;
    }();
    std::array<char, size> out{};
    std::size_t at = 0;
    for (const std::string_view& name : described_names<T>) {
        for (const char c : name) out[at++] = c;
        ++at;
    }
    return out;
}();

/// The field names of T in their order. Where its fields are not known, they are not described either.
template <class T>
inline constexpr auto field_names = [] {
    std::array<std::string_view, field_count<T>> out{};
    if constexpr (field_count<T> != 0) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < field_count<T>; at += out[i++].size() + 1)
            out[i] = {field_name_bytes<T>.data() + at, described_names<T>[i].size()};
    }
    return out;
}();

inline constexpr std::size_t no_field = static_cast<std::size_t>(-1);

constexpr std::size_t find_name(const std::string_view* names, std::size_t count, std::string_view wanted) noexcept {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == wanted) return i;
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
/// The field's number of a pointer to member. Found by name: by address costs clang minutes for wide structs.
template <auto Member>
inline constexpr std::size_t member_index = field_index<member_class<Member>>(member_name<Member>());

} // namespace pgrepo::detail

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
