#pragma once

// Texts that end a literal, a comment or a statement where a value is spliced into SQL; the same list each time.

#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// Every way we know to break out of a value. None holds a zero byte, all are UTF-8.
inline std::vector<std::string> hostile_cores() {
    std::vector<std::string> out{
        "",
        // quotes
        "'",
        "''",
        "'''",
        "\"",
        "\"\"",
        "`",
        "\\",
        "\\\\",
        "\\'",
        "\\\\'",
        "'\\",
        "\\\"",
        "O'Reilly",
        "E'\\''",
        "E'\\x27'",
        "U&'\\0027'",
        "U&'!0027' UESCAPE '!'",
        "\\u0027",
        "\\047",
        "%27",
        "&#39;",
        "B'1'",
        "X'27'",
        "N'x'",
        // statements
        "'; DROP TABLE canary; --",
        "\\'; DROP TABLE canary; --",
        "\"; DROP TABLE canary; --",
        "'); DELETE FROM canary; --",
        "')); TRUNCATE canary; --",
        "' OR '1'='1",
        "' OR 1=1 --",
        "\\' OR 1=1 --",
        "' UNION SELECT body FROM canary --",
        "1; UPDATE canary SET body = 'gone'",
        "'||(SELECT body FROM canary LIMIT 1)||'",
        "'; COMMIT; DROP TABLE canary; --",
        "'; SET standard_conforming_strings = off; --",
        ";",
        ";;",
        // comments
        "--",
        "-- \n",
        "/*",
        "*/",
        "/* /* */",
        "'/*",
        "*/'",
        "#",
        // dollar quotes
        "$$",
        "$$; DROP TABLE canary; $$",
        "$a$",
        "$a$'$a$",
        "$body$ DROP TABLE canary $body$",
        // placeholders of many libraries
        "$1",
        "$2",
        "$0",
        "$99999",
        "-$1",
        "$1; DROP TABLE canary; --",
        "?",
        "??",
        "?1",
        ":x",
        "::text",
        ":1",
        ":'x'",
        "@x",
        "@@version",
        "%s",
        "%1$s",
        "%n",
        "{}",
        "{0}",
        "{{}}",
        "#{x}",
        "${x}",
        "{x:}",
        // LIKE
        "%",
        "_",
        "%%",
        "a%b_c",
        "\\%",
        "\\_",
        "100%",
        "%\\",
        // arrays and rows in text form, COPY
        "{",
        "}",
        "{NULL}",
        "NULL",
        "null",
        "{\"a\",\"b\"}",
        "{a,b}",
        "a,b",
        "(1,\"x\")",
        "\\N",
        "\\.",
        // words that mean something
        "DEFAULT",
        "CURRENT_USER",
        "true",
        "0",
        "-1",
        "1e309",
        "NaN",
        "infinity",
        // control characters and white space
        " ",
        "  a  ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "\v\f",
        "\b",
        "\x1b[31m",
        "\x01",
        "\x1a",
        "\x7f",
        "\xC2\x80",         // U+0080
        "\xC2\xA0",         // no-break space
        "\xE2\x80\xA8",     // line separator
        "\xE2\x80\xA9",     // paragraph separator
        "\xE3\x80\x80",     // ideographic space
        "\xEF\xBB\xBF",     // byte order mark
        "\xEF\xBB\xBF'",    //
        "\xE2\x80\x8B",     // zero width space
        "\xE2\x80\xAEtxet", // right to left override
        // text in UTF-8 of one to four bytes, with tails that are quotes or backslashes in other encodings
        "\xC3\xA9",                            // e acute
        "e\xCC\x81",                           // the same, combining
        "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",    // Hebrew
        "\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85",    // Arabic
        "\xE8\xA1\xA8",                        // 0x95 0x5C in Shift-JIS
        "\xE7\xB8\x97",                        // 0xBF 0x5C in GBK
        "\xE2\x80\x98\xE2\x80\x99",            // curly quotes
        "\xCA\xBC; DROP TABLE canary; --",     // an apostrophe letter
        "\xEF\xBC\x87; DROP TABLE canary; --", // a full-width apostrophe
        "\xEF\xBC\xBC",                        // a full-width backslash
        "\xF0\x9F\x98\x80",                    // four bytes
        "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
        "\xF4\x8F\xBF\xBF", // the last code point
        "\xEF\xBF\xBD",     // the replacement character
        "\xEF\xBF\xBF",     // a noncharacter
        "\xF0\x9D\x93\x97'\xF0\x9D\x93\x97",
        "Z\xCC\xB6\xCD\x9D\xCC\x9E'",
    };
    return out;
}

/// The cores alone and in company, no text twice; more than 500. The longest have 100 kB and more.
inline std::vector<std::string> hostile_strings() {
    std::vector<std::string> out;
    std::set<std::string> seen;
    const auto add = [&](std::string text) {
        if (seen.insert(text).second) out.push_back(std::move(text));
    };
    const std::vector<std::string> cores = hostile_cores();
    for (const std::string& core : cores) add(core);
    constexpr std::array<std::array<const char*, 2>, 7> companies{{{"'", ""},
                                                                   {"\\", ""},
                                                                   {"", "'"},
                                                                   {"", "\\"},
                                                                   {"a\xC3\xA9 ", "\xF0\x9F\x98\x80 $1"},
                                                                   {"'; ", " --"},
                                                                   {"x' /* ", " */ \""}}};
    for (const auto& [before, after] : companies)
        for (const std::string& core : cores) add(before + core + after);
    for (const char* bit : {"'", "\\", "\"", "$1", "%", "\xF0\x9F\x98\x80", "'; DROP TABLE canary; --\n"}) {
        std::string text;
        while (text.size() < 100'000) text += bit;
        add(text);
        add("x" + text + "\\");
    }
    return out;
}

/// Not text to PostgreSQL: a zero byte.
inline std::vector<std::string> strings_with_zero_bytes() {
    using namespace std::string_literals;
    return {"\0"s, "a\0"s, "\0a"s, "a\0b"s, "'\0'; DROP TABLE canary; --"s, "\\\0'"s, std::string(3, '\0')};
}

/// Not text to PostgreSQL: not UTF-8.
inline std::vector<std::string> strings_not_in_utf8() {
    return {"\x80",                 // a continuation without a beginning
            "\xBF'",                //
            "\xC3",                 // beginnings without an end
            "\xC3'",                //
            "a\xE2\x82",            //
            "\xE2\x82'; --",        //
            "\xF0\x9F\x98",         //
            "\xF0\x9F\x98'",        //
            "\xC0\x80",             // longer than need be: a zero,
            "\xC0\xA7",             // a quote,
            "\xE0\x80\xA7",         // a quote again,
            "\xC1\x9C",             // a backslash
            "\xED\xA0\x80",         // half of a surrogate pair
            "\xED\xBF\xBF",         //
            "\xF4\x90\x80\x80",     // beyond the last code point
            "\xF8\x88\x80\x80\x80", //
            "\xFF",                 // bytes that never occur
            "\xFE\xFF",             //
            "\xE9l\xE8ve",          // Latin 1
            "\xBF\x27; DROP TABLE canary; --",
            "\x95\x5C'; DROP TABLE canary; --"};
}

} // namespace test
