#pragma once

#include <pgrepo/base/fixed_string.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

// The return type must stay `auto`: with a named one g++ appends its expansion to the text and the parsing breaks. Lengths
// are sizes, here and in what writes SQL: compilers count a literal's characters one by one, and that is what costs.
template <auto Value> consteval auto pretty_value() {
    return std::string_view{__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}
template <auto... Values> consteval auto pretty_values() {
    return std::string_view{__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}
template <class T> consteval auto pretty_type() {
    return std::string_view{__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}

constexpr bool is_identifier_char(char c) noexcept {
    // bytes over 127 belong to identifiers in UTF-8 source
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// The last identifier of a compiler's description: the member's or enumerator's own name.
constexpr std::string_view last_identifier(std::string_view text) noexcept {
    std::size_t end = text.size();
    while (end > 0 && !is_identifier_char(text[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && is_identifier_char(text[begin - 1])) --begin;
    return text.substr(begin, end - begin);
}

/// Where a value begins in what pretty_value and pretty_values say.
inline constexpr std::size_t value_at = pretty_value<0>().size() - 2;
inline constexpr std::size_t values_at = pretty_values<0>().size() - 3;

/// The last identifiers of values that `text` describes together and that differ in that identifier only: what stands
/// before it is `before` characters in each. Compilers take long to describe a value, and to read a text. False where the
/// text is not of that form: g++ writes the same type in two ways if template arguments are involved.
constexpr bool find_last_identifiers(std::string_view text, std::size_t before, std::string_view* names,
                                     std::size_t count) {
    std::size_t at = values_at;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = at + before;
        if (begin >= text.size()) return false;
        std::size_t end = begin;
        while (end < text.size() && is_identifier_char(text[end])) ++end;
        names[i] = text.substr(begin, end - begin);
        if (end == begin || is_identifier_char(text[begin - 1]) || end + 3 > text.size() ||
            (i + 1 < count ? text[end + 1] != ',' : end + 3 != text.size()))
            return false;
        at = end + 3;
    }
    return true;
}

/// The member's name of a pointer to member.
template <auto Member> consteval std::string_view member_name() {
    return last_identifier(pretty_value<Member>());
}

/// A type's name as the compiler writes it, for messages to people only.
template <class T> constexpr std::string_view type_name_of() {
    constexpr std::string_view text = pretty_type<T>();
    constexpr std::size_t begin = text.find("T = ") + 4;
    constexpr std::size_t end = text.find_first_of(";]", begin);
    return text.substr(begin, end - begin);
}

} // namespace pgrepo::detail
