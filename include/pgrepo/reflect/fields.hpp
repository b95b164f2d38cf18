#pragma once

// The only file that touches Boost.PFR. Counting and reaching fields is PFR's; their names are too from Boost 1.84 on,
// and before that are read from the compiler's own description of a pointer to the field.

#include <pgrepo/reflect/pretty.hpp>
#include <pgrepo/reflect/reflectable.hpp>

#include <boost/pfr/core.hpp>
#include <boost/version.hpp>
#if BOOST_VERSION >= 108400
#include <boost/pfr/core_name.hpp>
#endif

#include <array>
#include <cstddef>
#include <memory>
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
template <class Pointer> struct pointer_box {
    Pointer pointer;
};

template <class T, std::size_t Index> consteval std::string_view read_field_name() {
#if BOOST_VERSION >= 108400
    return boost::pfr::get_name<Index, T>();
#elif defined(__clang__)
    constexpr auto pointer = std::addressof(boost::pfr::get<Index>(nowhere<T>.value));
    return last_identifier(pretty_value<pointer_box<decltype(pointer)>{pointer}>());
#else
    return last_identifier(pretty_value<std::addressof(boost::pfr::get<Index>(nowhere<T>.value))>());
#endif
}

/// A copy of the name alone: the description it was read from must not end up in the binary.
template <class T, std::size_t Index>
inline constexpr auto field_name_text = fixed<read_field_name<T, Index>().size()>(read_field_name<T, Index>());

inline constexpr std::size_t max_fields = 64;

template <class T, bool Ok = reflectable<T>::ok> struct field_counter {
    static constexpr std::size_t counted = 0;
};
template <class T> struct field_counter<T, true> {
    static constexpr std::size_t counted = boost::pfr::tuple_size_v<T>;
};

/// T is a struct whose fields are known here; where it is not, struct_check says why.
template <class T>
inline constexpr bool has_known_fields = reflectable<T>::ok && field_counter<T>::counted <= max_fields;

/// How many fields T has; 0 where they are not known.
template <class T> inline constexpr std::size_t field_count = has_known_fields<T> ? field_counter<T>::counted : 0;

template <class T, std::size_t Index> using field_type = boost::pfr::tuple_element_t<Index, T>;

template <std::size_t Index, class T> constexpr auto& get_field(T& object) noexcept {
    return boost::pfr::get<Index>(object);
}

/// The field names of T in their order.
template <class T>
inline constexpr auto field_names = []<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::array<std::string_view, sizeof...(Index)>{field_name_text<T, Index>.view()...};
}(std::make_index_sequence<field_count<T>>{});

inline constexpr std::size_t no_field = static_cast<std::size_t>(-1);

template <class T> consteval std::size_t field_index(std::string_view name) {
    for (std::size_t i = 0; i < field_count<T>; ++i)
        if (field_names<T>[i] == name) return i;
    return no_field;
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
