#pragma once

// What libraries that speak PostgreSQL's text format need for the types of a User: the same for all of them, so that
// libraries are compared and not parsers.

#include "records.hpp"

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace text_values {

inline unsigned char nibble(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned char>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned char>(c - 'a' + 10);
    throw std::runtime_error("no uuid");
}
inline pgrepo::uuid uuid(std::string_view text) {
    pgrepo::uuid out{};
    std::size_t at = 0;
    for (auto& byte : out) {
        if (at < text.size() && text[at] == '-') ++at;
        if (at + 1 >= text.size()) throw std::runtime_error("no uuid");
        byte = static_cast<unsigned char>(nibble(text[at]) << 4U | nibble(text[at + 1]));
        at += 2;
    }
    return out;
}
inline void append(std::string& to, const pgrepo::uuid& id) {
    static constexpr char digits[] = "0123456789abcdef";
    std::size_t at = 0;
    for (const auto byte : id) {
        if (at == 4 || at == 6 || at == 8 || at == 10) to += '-';
        to += digits[byte >> 4U];
        to += digits[byte & 15U];
        ++at;
    }
}
inline std::string text_of(const pgrepo::uuid& id) {
    std::string out;
    out.reserve(36);
    append(out, id);
    return out;
}
inline std::string text_of(const std::vector<pgrepo::uuid>& ids) {
    std::string out = "{";
    out.reserve(2 + ids.size() * 37);
    for (const auto& id : ids) {
        if (out.size() > 1) out += ',';
        append(out, id);
    }
    return out += '}';
}

inline int number(std::string_view text, std::size_t at, std::size_t size) {
    int value = 0;
    const char* const from = text.data() + at;
    if (at + size > text.size() || std::from_chars(from, from + size, value).ptr != from + size)
        throw std::runtime_error("no timestamptz");
    return value;
}
/// "2026-11-28 10:11:12.123456+00", as a session in UTC gives it.
inline pgrepo::timestamptz time(std::string_view text) {
    const int year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
    std::int64_t micros = 0;
    std::size_t at = 19;
    if (at < text.size() && text[at] == '.') {
        std::int64_t scale = 100'000;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
            micros += (text[at] - '0') * scale;
    }
    if (text.substr(at) != "+00") throw std::runtime_error("the session is not in UTC");
    // Days from 2000-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    const int y = month <= 2 ? year - 1 : year;
    const int era = y / 400, of_era = y - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t days = era * 146097LL + of_era * 365LL + of_era / 4 - of_era / 100 + of_year - 730425;
    const std::int64_t seconds =
        days * 86400 + number(text, 11, 2) * 3600 + number(text, 14, 2) * 60 + number(text, 17, 2);
    return pgrepo::timestamptz::from_count(seconds * 1'000'000 + micros);
}

/// "-12.30", as decimal(10,2) gives it.
inline Cents cents(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    if (point == text.npos || point + 3 != text.size()) throw std::runtime_error("no amount in hundredths");
    std::int64_t whole = 0;
    std::from_chars(text.data(), text.data() + point, whole);
    const std::int64_t count = whole * 100 + number(text, point + 1, 2);
    return {negative ? -count : count};
}
inline std::string text_of(Cents amount) {
    const std::int64_t count = amount.count < 0 ? -amount.count : amount.count;
    std::string out = amount.count < 0 ? "-" : "";
    out += std::to_string(count / 100);
    out += '.';
    out += static_cast<char>('0' + count / 10 % 10);
    out += static_cast<char>('0' + count % 10);
    return out;
}

inline Status status(std::string_view text) {
    if (text == "active") return Status::active;
    if (text == "suspended") return Status::suspended;
    if (text == "closed") return Status::closed;
    throw std::runtime_error("an unknown status");
}

inline constexpr const char* find =
    "SELECT id, email, first_name, last_name, status, is_verified, created_at, updated_at, "
    "deleted_at FROM users WHERE deleted_at IS NULL";
inline constexpr const char* user_columns =
    "id, email, first_name, last_name, status, is_verified, created_at, updated_at, deleted_at";
inline constexpr const char* order_columns = "id, user_id, status, total, created_at, updated_at, deleted_at";
inline constexpr const char* find_items =
    "SELECT id, order_id, product_id, quantity, price, created_at, updated_at FROM order_items";

} // namespace text_values
