#pragma once

#include <cstdint>
#include <string>

namespace pgrepo::detail {

/// A day of the proleptic Gregorian calendar. Year 0 is 1 BC.
struct civil_day {
    std::int64_t year;
    int month;
    int day;
};

/// The civil date of a number of days since 2000-01-01. Not `year_month_day`, whose years end at 32767.
/// Counts in 400-year eras that begin on 1 March, so that leap days come last.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
[[nodiscard]] constexpr civil_day civil_from_days(std::int64_t days_since_2000) noexcept {
    constexpr std::int64_t days_per_era = 146097;
    constexpr std::int64_t from_march_of_year_0 = 730425; // days from 0000-03-01 to 2000-01-01
    const std::int64_t days = days_since_2000 + from_march_of_year_0;
    const std::int64_t era = (days >= 0 ? days : days - (days_per_era - 1)) / days_per_era;
    const std::int64_t day_of_era = days - era * days_per_era;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const auto day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    const auto month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month, day};
}

[[nodiscard]] constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t positive) noexcept {
    return a / positive - (a % positive < 0 ? 1 : 0);
}

inline void append_padded(std::string& to, std::int64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    if (digits.size() < width) to.append(width - digits.size(), '0');
    to += digits;
}

/// "2026-11-23"; years before 1 AD are counted as PostgreSQL prints them, and want " BC" at the very end.
/// Returns whether they do.
inline bool append_day(std::string& to, std::int64_t days_since_2000) {
    const civil_day d = civil_from_days(days_since_2000);
    const bool bc = d.year <= 0;
    append_padded(to, bc ? 1 - d.year : d.year, 4);
    to += '-';
    append_padded(to, d.month, 2);
    to += '-';
    append_padded(to, d.day, 2);
    return bc;
}

/// "2026-11-23 18:00:00.5" with `zone` behind it: the fraction without trailing zeros, as PostgreSQL prints it.
[[nodiscard]] inline std::string moment_to_string(std::int64_t microseconds_since_2000, const char* zone) {
    constexpr std::int64_t second = 1'000'000;
    constexpr std::int64_t day = 86'400 * second;
    const std::int64_t days = floor_divide(microseconds_since_2000, day);
    const std::int64_t in_day = microseconds_since_2000 - days * day;
    std::string text;
    const bool bc = append_day(text, days);
    text += ' ';
    append_padded(text, in_day / (3600 * second), 2);
    text += ':';
    append_padded(text, in_day / (60 * second) % 60, 2);
    text += ':';
    append_padded(text, in_day / second % 60, 2);
    if (in_day % second != 0) {
        text += '.';
        append_padded(text, in_day % second, 6);
        while (text.back() == '0') text.pop_back();
    }
    text += zone;
    if (bc) text += " BC";
    return text;
}

} // namespace pgrepo::detail
