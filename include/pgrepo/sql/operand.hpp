#pragma once

#include <pgrepo/base/choose.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/mapping/layout.hpp>
#include <pgrepo/mapping/optional_traits.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgrepo::detail {

template <class T> inline constexpr bool is_integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;

template <class T>
inline constexpr bool is_text_like =
    std::is_convertible_v<const T&, std::string_view> && !std::is_same_v<T, std::nullptr_t>;

/// Whether a value of type Given can stand beside a column of type Wanted in a comparison. Integers of any signed width
/// may meet (PostgreSQL compares int2, int4 and int8 with one another and uses the index); nothing else converts
/// but what the column's own type takes implicitly, such as a time point for a timestamptz.
template <class Wanted, class Given> consteval bool is_operand_for() {
    if constexpr (std::is_same_v<Wanted, Given>)
        return Encodable<Given>;
    else if constexpr (std::is_same_v<Wanted, std::string>)
        return is_text_like<Given>;
    else if constexpr (is_integer<Wanted> && is_integer<Given>)
        return Encodable<Given>;
    else if constexpr (std::is_floating_point_v<Wanted> && (std::is_floating_point_v<Given> || is_integer<Given>))
        return true;
    else
        return std::is_class_v<Wanted> && std::is_convertible_v<const Given&, Wanted> && !std::is_arithmetic_v<Given>;
}

template <class Column, class Given, class Wanted>
inline constexpr bool compares_with = is_operand_for<Wanted, Given>();
template <class Column, class Given>
inline constexpr bool is_compared_with_a_value =
    !is_optional<Given> && !std::is_same_v<Given, std::nullopt_t> && !std::is_same_v<Given, std::nullptr_t>;

template <auto Member> using column_label = column_name_label<member_class<Member>, column_of_member<Member>>;
template <auto Member> using column_value = value_type_of<member_type<Member>>;

template <class Wanted, class Given>
inline constexpr bool fits_operand = is_compared_with_a_value<void, Given> && is_operand_for<Wanted, Given>();
/// A value of type Given can be compared with the column; where it cannot, operand_check says why.
template <auto Member, class Given> inline constexpr bool is_operand = fits_operand<column_value<Member>, Given>;

/// Says in one sentence why not.
template <auto Member, class Given> struct operand_check {
    static constexpr bool said = true;
    static constexpr bool is_value = is_compared_with_a_value<column_label<Member>, Given>;
    static_assert(
        is_compared_with_a_value<column_label<Member>, Given>,
        "pgrepo: [null_comparison] a comparison with NULL is never true in SQL; use .is_null() or .is_not_null(), "
        "and give the value of an optional");
    static_assert(!is_value || compares_with<column_label<Member>, Given, column_value<Member>>,
                  "pgrepo: [criterion_type] a column is compared with a value of another type; "
                  "printed: column, given, wanted");
};

/// Values of this type can travel as one array.
template <class Type>
inline constexpr bool type_has_array_type = codec<Type>::parameter_type == 0 || codec<Type>::array_type != 0;
template <class Type> struct list_check {
    static constexpr bool said = true;
    static_assert(type_has_array_type<Type>,
                  "pgrepo: [no_array_type] the codec of this type names no array_type, so it cannot be in a list");
};

template <class Column, class Type> inline constexpr bool column_is_text = std::is_same_v<Type, std::string>;

template <auto Member> inline constexpr bool is_text_column = std::is_same_v<column_value<Member>, std::string>;
template <auto Member> struct like_check {
    static constexpr bool said = true;
    static_assert(column_is_text<column_label<Member>, column_value<Member>>,
                  "pgrepo: [like_needs_text] LIKE is for text columns; printed: column, its type");
};

template <class Column, class Type> inline constexpr bool column_is_nullable = is_optional<Type>;

template <auto Member> inline constexpr bool is_nullable_column = is_optional<member_type<Member>>;
template <auto Member> struct null_test_check {
    static constexpr bool said = true;
    static_assert(column_is_nullable<column_label<Member>, member_type<Member>>,
                  "pgrepo: [null_test] this column is NOT NULL, so the test is never (or always) true; "
                  "remove it, or make the field a std::optional; printed: column, its type");
};

template <class Left, class Right> inline constexpr bool criteria_of_one_record = std::is_same_v<Left, Right>;

template <class Left, class Right> struct same_record_check {
    static constexpr bool said = true;
    static_assert(
        criteria_of_one_record<Left, Right>,
        "pgrepo: [two_records] criteria of two records are mixed; a repository filters by columns of its own record");
};

/// What a criterion keeps of a value: an rvalue string is owned, any other text is viewed until the call returns;
/// integers keep their own width; everything else becomes the column's type.
template <auto Member, class Given> struct operand_traits {
    using wanted = column_value<Member>;
    using given = std::remove_cvref_t<Given>;
    static constexpr bool owned_text = std::is_same_v<given, std::string> && !std::is_lvalue_reference_v<Given>;
    static constexpr bool pointer = std::is_pointer_v<given>; // may be null, which its codec refuses
    using text = choose<owned_text, std::string, choose<pointer, const char*, std::string_view>>;
    using type = choose<std::is_same_v<wanted, std::string>, text, choose<is_integer<wanted>, given, wanted>>;
};
template <auto Member, class Given> using operand_type = typename operand_traits<Member, Given>::type;

} // namespace pgrepo::detail
