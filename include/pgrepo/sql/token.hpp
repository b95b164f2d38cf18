#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgrepo::detail {

enum class token_kind : unsigned char {
    end,
    word,    ///< keyword or unquoted identifier
    quoted,  ///< "identifier"
    unicode, ///< U&"identifier"
    string,  ///< every constant in quotes, dollar quotes included
    number,
    placeholder, ///< $n
    symbol,      ///< any operator but the ones below
    star,
    open,  ///< ( or [
    close, ///< ) or ]
    comma,
    dot,
    semicolon,
    cast,   ///< ::
    failed, ///< the lexer says why
};

/// Keywords as numbers, so that comparing one costs one step of constant evaluation: the letters as digits to base 38.
/// Exact up to 12 characters of [a-z0-9_]; other words are 0.
using folded_word = std::uint64_t;

struct token {
    token_kind kind = token_kind::end;
    std::size_t begin = 0;
    std::size_t end = 0;
    folded_word word = 0;
};

enum class char_class : unsigned char { unexpected, space, letter, digit, dollar, op };

// Plain arrays and, in the lexer, plain pointers: in constant evaluation an operator[] costs as much as a call.
struct char_tables {
    char_class class_of[256]{};
    unsigned char digit38[256]{}; ///< letters in both cases, digits, underscore; 0 for the rest
};

inline constexpr char_tables chars = [] {
    char_tables t;
    for (const char c : std::string_view(" \t\n\r\f\v")) t.class_of[static_cast<unsigned char>(c)] = char_class::space;
    for (const char c : std::string_view("~!@#^&|`?+-*/%<>="))
        t.class_of[static_cast<unsigned char>(c)] = char_class::op;
    for (unsigned i = 0; i < 26; ++i) {
        t.class_of['a' + i] = t.class_of['A' + i] = char_class::letter;
        t.digit38['a' + i] = t.digit38['A' + i] = static_cast<unsigned char>(1 + i);
    }
    for (unsigned i = 0; i < 10; ++i) {
        t.class_of['0' + i] = char_class::digit;
        t.digit38['0' + i] = static_cast<unsigned char>(27 + i);
    }
    for (unsigned i = 128; i < 256; ++i) t.class_of[i] = char_class::letter;
    t.class_of[+'_'] = char_class::letter;
    t.digit38[+'_'] = 37;
    t.class_of[+'$'] = char_class::dollar;
    return t;
}();

[[nodiscard]] constexpr char_class class_of(char c) noexcept {
    return chars.class_of[static_cast<unsigned char>(c)];
}
[[nodiscard]] constexpr unsigned digit38(char c) noexcept {
    return chars.digit38[static_cast<unsigned char>(c)];
}
[[nodiscard]] constexpr bool continues_word(char c) noexcept {
    return class_of(c) == char_class::letter || class_of(c) == char_class::digit || class_of(c) == char_class::dollar;
}

[[nodiscard]] consteval folded_word kw(std::string_view word) {
    folded_word key = 0;
    for (const char c : word) key = key * 38 + digit38(c);
    return key;
}

} // namespace pgrepo::detail
