#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/detail/big_endian.hpp>
#include <pgrepo/codec/detail/calendar.hpp>
#include <pgrepo/codec/oids.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace pgrepo {

/// A day of the calendar: PostgreSQL's `date`, 4714-11-24 BC to 5874897-12-31, and both infinities.
/// Source: PostgreSQL, src/include/datatype/timestamp.h (DATETIME_MIN_JULIAN, DATE_END_JULIAN).
class date {
public:
    /// 2000-01-01, zero on the wire.
    constexpr date() noexcept = default;
    /// Throws `error` of kind `encode` outside PostgreSQL's range.
    constexpr date(std::chrono::sys_days day) : count_(from_1970(day.time_since_epoch().count())) {}
    /// Throws `error` of kind `encode` outside PostgreSQL's range.
    constexpr date(std::chrono::local_days day) : count_(from_1970(day.time_since_epoch().count())) {}
    /// Throws `error` of kind `encode` for a day that the calendar does not have, and outside PostgreSQL's range.
    constexpr date(std::chrono::year_month_day day) : date(checked(day)) {}

    /// The day as it travels: days since 2000-01-01, the ends of int32 for the infinities.
    /// Throws `error` of kind `encode` outside PostgreSQL's range.
    [[nodiscard]] static constexpr date from_count(std::int32_t count) {
        if (!is_count(count)) raise_out_of_range();
        return unchecked(count);
    }
    [[nodiscard]] constexpr std::int32_t count() const noexcept { return count_; }
    /// Whether `from_count` takes it.
    [[nodiscard]] static constexpr bool is_count(std::int32_t count) noexcept {
        return (count >= first && count <= last) || count == forever || count == ever_before;
    }

    /// Later than every other; PostgreSQL's 'infinity'.
    [[nodiscard]] static constexpr date infinity() noexcept { return unchecked(forever); }
    /// Earlier than every other; PostgreSQL's '-infinity'.
    [[nodiscard]] static constexpr date negative_infinity() noexcept { return unchecked(ever_before); }
    [[nodiscard]] constexpr bool is_finite() const noexcept { return count_ != forever && count_ != ever_before; }

    /// Throws `error` of kind `decode` for an infinity.
    [[nodiscard]] constexpr std::chrono::sys_days to_sys_days() const {
        if (!is_finite()) raise_not_in_chrono();
        return std::chrono::sys_days(std::chrono::days(count_ + unix_to_2000));
    }
    /// Throws `error` of kind `decode` for an infinity, and after the year 32767, where std::chrono's calendar ends.
    [[nodiscard]] constexpr std::chrono::year_month_day to_year_month_day() const {
        if (!is_finite()) raise_not_in_chrono();
        const detail::civil_day day = detail::civil_from_days(count_);
        if (day.year > static_cast<int>(std::chrono::year::max())) raise_not_in_chrono();
        return {std::chrono::year(static_cast<int>(day.year)), std::chrono::month(static_cast<unsigned>(day.month)),
                std::chrono::day(static_cast<unsigned>(day.day))};
    }

    friend constexpr auto operator<=>(const date&, const date&) noexcept = default;

private:
    friend struct codec<date>;

    [[nodiscard]] static constexpr date unchecked(std::int32_t count) noexcept {
        date made;
        made.count_ = count;
        return made;
    }

    static constexpr std::int32_t unix_to_2000 = 10957;
    static constexpr std::int32_t first = -2'451'545;
    static constexpr std::int32_t last = 2'145'031'948;
    static constexpr std::int32_t forever = std::numeric_limits<std::int32_t>::max();
    static constexpr std::int32_t ever_before = std::numeric_limits<std::int32_t>::min();

    [[noreturn]] PGREPO_COLD static void raise_out_of_range() {
        detail::raise(error_kind::encode, "the date is outside PostgreSQL's range, 4714-11-24 BC to 5874897-12-31");
    }
    [[noreturn]] PGREPO_COLD static void raise_not_in_chrono() {
        detail::raise(error_kind::decode, "the date is infinity, -infinity, or past the years that std::chrono knows; "
                                          "ask is_finite() first");
    }
    static constexpr std::int32_t from_1970(std::int64_t days) {
        if (days < first + unix_to_2000 || days > std::int64_t{last} + unix_to_2000) raise_out_of_range();
        return static_cast<std::int32_t>(days - unix_to_2000);
    }
    static constexpr std::chrono::sys_days checked(std::chrono::year_month_day day) {
        if (!day.ok()) detail::raise(error_kind::encode, "the year_month_day is not a day of the calendar");
        return std::chrono::sys_days(day);
    }

    std::int32_t count_ = 0;
};

/// In ISO form, as PostgreSQL prints it: "2026-11-23", "0044-03-15 BC", "infinity".
[[nodiscard]] inline std::string to_string(date day) {
    if (!day.is_finite()) return day == date::infinity() ? "infinity" : "-infinity";
    std::string text;
    if (detail::append_day(text, day.count())) text += " BC";
    return text;
}

template <> struct codec<date> {
    static constexpr std::string_view type_name = "date";
    static constexpr oid parameter_type = oids::date;
    static constexpr oid array_type = oids::date_array;
    using room = std::array<char, 4>;

    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == oids::date; }
    [[nodiscard]] static encoded encode(date value, room& out) noexcept {
        detail::store_big_endian(static_cast<std::uint32_t>(value.count()), out.data());
        return {out.data(), out.size()};
    }
    [[nodiscard]] static decoded decode(cell from, date& to) noexcept {
        if (from.size() != 4) return decoded::failure("the value is not 4 bytes long");
        const auto count = static_cast<std::int32_t>(detail::load_big_endian<std::uint32_t>(from.data()));
        if (!date::is_count(count)) return decoded::failure("the date is outside PostgreSQL's range");
        to = date::unchecked(count);
        return {};
    }
};

} // namespace pgrepo
