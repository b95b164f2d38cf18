#pragma once

#include <pgrepo/base/choose.hpp>
#include <pgrepo/reflect/fields_written_out.hpp>
#include <pgrepo/reflect/pretty.hpp>
#include <pgrepo/reflect/reflectable.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

inline constexpr std::size_t max_fields = 64;

/// What a field of a struct is that cannot be reached, or not be read into.
enum class obstacle { none, anonymous_union, bit_field, c_array, reference, constant };

// What only a field takes that is of the kind, and never the struct itself, which would be a copy.
template <class Struct> struct any_value {
    template <class T>
        requires(!std::is_same_v<T, Struct>)
    operator T() const noexcept;
};
template <class Struct> struct any_variable {
    template <class T>
        requires(!std::is_same_v<T, Struct> && !std::is_same_v<T, const Struct>)
    operator T&() const noexcept;
};
template <class Struct> struct any_class {
    template <class T>
        requires(std::is_class_v<T> && !std::is_same_v<T, Struct>)
    operator T() const noexcept;
};
template <class T> consteval bool is_unnamed() {
    constexpr std::string_view text = pretty_type<T>(); // "<unnamed union>" says g++, clang "(anonymous union at …)"
    return text.find("<unnamed ") != text.npos || text.find("(anonymous union ") != text.npos ||
           text.find("(unnamed union ") != text.npos;
}
struct any_unnamed_union {
    template <class T>
        requires(std::is_union_v<T> && is_unnamed<T>())
    operator T() const noexcept;
};
template <class Struct> struct any_but_unnamed_union {
    template <class T>
        requires(!std::is_same_v<T, Struct> && (!std::is_union_v<T> || !is_unnamed<T>()))
    operator T() const noexcept;
};

template <std::size_t, class T> using repeated_for = T;
/// Behind other fields no copy is meant; then one probe serves all structs.
template <class T, std::size_t Before> using not_copied = choose<Before == 0, T, void>;

template <class T, std::size_t Count, class... Probes>
inline constexpr bool takes_then = fields_written_out<Count>::template then<T, Probes...>;

/// The number of `{}` that T takes: from Low on, and fewer than High.
template <class T, std::size_t Low, std::size_t High> consteval std::size_t count_between() {
    constexpr std::size_t middle = Low + (High - Low) / 2;
    if constexpr (middle == Low)
        return Low;
    else if constexpr (fields_written_out<middle>::template fit<T>)
        return count_between<T, middle, High>();
    else
        return count_between<T, Low, middle>();
}
template <class T, std::size_t Low = 0> consteval std::size_t count_braces() {
    if constexpr (__is_empty(T))
        return 0; // which g++ makes of `{}` too, as a copy
    else if constexpr (Low == max_fields)
        return max_fields;
    else if constexpr (fields_written_out<Low + 8>::template fit<T>)
        return count_braces<T, Low + 8>();
    else
        return count_between<T, Low, Low + 8>();
}
/// And behind them, where a field has an explicit default constructor and takes no `{}`, with a value for each.
template <class T, std::size_t Braces, class... Values> consteval std::size_t count_values() {
    if constexpr (Braces + sizeof...(Values) <= max_fields &&
                  takes_then<T, Braces, Values..., any_value<not_copied<T, Braces>>>)
        return count_values<T, Braces, Values..., any_value<not_copied<T, Braces>>>();
    else
        return Braces + sizeof...(Values);
}

/// The first field that is one, or the number of fields: a structured binding must not be tried on it. All are asked at
/// once first, since that answers for nearly every struct.
template <class T, std::size_t... Index> consteval std::size_t find_anonymous_union(std::index_sequence<Index...>) {
    // The same probe for all structs where it can be: what a field's constructors make of it is instantiated once.
    using probe = any_but_unnamed_union<choose<sizeof...(Index) == 1, T, void>>;
    if constexpr (takes_then<T, 0, repeated_for<Index, probe>...>) {
        return sizeof...(Index);
    } else {
        std::size_t at = 0;
        static_cast<void>(
            ((takes_then<T, Index, any_unnamed_union> && !takes_then<T, Index, any_class<T>> ? false : ++at) && ...));
        return at;
    }
}

template <class Field> consteval obstacle obstacle_of() {
    if (std::is_array_v<Field>) return obstacle::c_array;
    if (std::is_reference_v<Field>) return obstacle::reference;
    if (std::is_const_v<Field> || std::is_volatile_v<Field>) return obstacle::constant;
    return obstacle::none;
}
struct found_obstacle {
    obstacle what = obstacle::none;
    std::size_t field = 0;
};
template <class... Fields> consteval found_obstacle find_obstacle(declared_types<Fields...>*) {
    found_obstacle found;
    static_cast<void>((((found.what = obstacle_of<Fields>()) == obstacle::none && ++found.field) && ...));
    return found;
}
consteval found_obstacle find_obstacle(no_references*) {
    return {obstacle::bit_field, 0};
}

template <class T, std::size_t Count> consteval found_obstacle find_obstacle_in() {
    if constexpr (Count > max_fields) {
        return {};
    } else if constexpr (!takes_then<T, Count, any_value<not_copied<T, Count>>> &&
                         takes_then<T, Count, any_variable<not_copied<T, Count>>>) {
        return {obstacle::reference, Count}; // with a default, which `{}` is none for
    } else {
        constexpr std::size_t at = find_anonymous_union<T>(std::make_index_sequence<Count>{});
        if constexpr (at < Count) {
            return {obstacle::anonymous_union, at};
        } else {
            using types = decltype(fields_written_out<Count>::types(std::declval<T&>()));
            return find_obstacle(static_cast<types*>(nullptr));
        }
    }
}

/// How many fields T has (65 stands for all above), and the first one that is in the way.
template <class T, bool Ok = reflectable<T>::ok> struct field_facts {
    static constexpr std::size_t counted = 0;
    static constexpr found_obstacle found{};
};
template <class T> struct field_facts<T, true> {
    static constexpr std::size_t counted = count_values<T, count_braces<T>()>();
    static constexpr found_obstacle found = find_obstacle_in<T, counted>();
};

} // namespace pgrepo::detail
