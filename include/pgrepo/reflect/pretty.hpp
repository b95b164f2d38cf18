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
