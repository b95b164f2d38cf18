#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/detail/calendar.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <type_traits>

namespace pgrepo::detail {

// What timestamptz and timestamp share: microseconds since 2000-01-01 00:00, its ends and its arithmetic.
// Source: PostgreSQL, src/include/datatype/timestamp.h (MIN_TIMESTAMP, END_TIMESTAMP, DT_NOBEGIN, DT_NOEND).

inline constexpr std::int64_t moment_infinity = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t moment_negative_infinity = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t moment_first = -211'813'488'000'000'000;  // 4714-11-24 BC
inline constexpr std::int64_t moment_end = 9'223'371'331'200'000'000;   // 294277-01-01, the first one that is too late
inline constexpr std::int64_t moment_unix_epoch = -946'684'800'000'000; // 1970-01-01

[[nodiscard]] constexpr bool moment_is_finite(std::int64_t m) noexcept {
    return m != moment_infinity && m != moment_negative_infinity;
}
[[nodiscard]] constexpr bool moment_in_range(std::int64_t m) noexcept {
    return m >= moment_first && m < moment_end;
}

template <class Duration>
concept ClockDuration = std::floating_point<typename Duration::rep> || std::signed_integral<typename Duration::rep>;

/// Every value of Duration is a whole number of microseconds.
template <class Duration>
inline constexpr bool is_whole_microseconds =
    std::signed_integral<typename Duration::rep> && std::ratio_divide<typename Duration::period, std::micro>::den == 1;

[[noreturn]] PGREPO_COLD inline void raise_moment_out_of_range() {
    raise(error_kind::encode, "the point in time is outside PostgreSQL's range, 4714-11-24 BC to 294276-12-31");
}

/// Any duration since 1970 as microseconds since 2000, rounded down. Throws `error` of kind `encode` outside
/// PostgreSQL's range. Never overflows: `double` decides first whether the exact product fits.
template <ClockDuration Duration> [[nodiscard]] constexpr std::int64_t moment_from_unix(Duration since_1970) {
    using scale = std::ratio_divide<typename Duration::period, std::micro>;
    const auto count = since_1970.count();
    const double rough =
        static_cast<double>(count) * (static_cast<double>(scale::num) / static_cast<double>(scale::den)) +
        static_cast<double>(moment_unix_epoch);
    // Rounding moves `rough` by milliseconds; the bounds lie hours outside of the real ones and days inside of int64's.
    // Written so that NaN fails.
    if (!(rough > -2.119e17 && rough < 9.2233714e18)) raise_moment_out_of_range();
    std::int64_t whole = 0;
    if constexpr (std::floating_point<typename Duration::rep>) {
        const auto exact = static_cast<long double>(count) * scale::num / scale::den + moment_unix_epoch;
        whole = static_cast<std::int64_t>(exact);
        if (static_cast<long double>(whole) > exact) --whole;
    } else {
        static_assert(scale::num <= std::numeric_limits<std::int64_t>::max() / scale::den);
        const std::int64_t n = count;
        const std::int64_t quotient = floor_divide(n, scale::den);
        const std::int64_t rest = n % scale::den + (n % scale::den < 0 ? scale::den : 0);
        // Unsigned, because the product alone may pass int64 where the sum does not.
        whole = static_cast<std::int64_t>(
            static_cast<std::uint64_t>(quotient) * static_cast<std::uint64_t>(scale::num) +
            static_cast<std::uint64_t>(rest * scale::num / scale::den) + static_cast<std::uint64_t>(moment_unix_epoch));
    }
    if (!moment_in_range(whole)) raise_moment_out_of_range();
    return whole;
}

/// `moment + span`; an infinity stays where it is. Throws `error` of kind `encode` outside PostgreSQL's range.
[[nodiscard]] constexpr std::int64_t moment_add(std::int64_t moment, std::int64_t span) {
    if (!moment_is_finite(moment)) return moment;
    if (span > 0 ? moment > 0 && span >= moment_end - moment : moment < 0 && span < moment_first - moment)
        raise_moment_out_of_range();
    if (!moment_in_range(moment + span)) raise_moment_out_of_range();
    return moment + span;
}

[[noreturn]] PGREPO_COLD inline void raise_no_difference() {
    raise(error_kind::usage, "the difference is infinite or does not fit 64 bits of microseconds");
}

[[nodiscard]] constexpr std::int64_t moment_difference(std::int64_t a, std::int64_t b) {
    if (!moment_is_finite(a) || !moment_is_finite(b)) raise_no_difference();
    if (a > 0 && b < 0 && a > moment_infinity + b) raise_no_difference();
    return a - b;
}

[[noreturn]] PGREPO_COLD inline void raise_not_in_chrono(std::int64_t moment) {
    raise(error_kind::decode,
          moment_is_finite(moment)
              ? "the point in time is after 294247-01-10, where std::chrono's microseconds since 1970 end"
              : "the point in time is infinity or -infinity, which std::chrono cannot hold; ask is_finite() first");
}

/// Microseconds since 1970. Throws `error` of kind `decode` for infinities and for what 64 bits cannot count from 1970.
[[nodiscard]] constexpr std::chrono::microseconds moment_to_unix(std::int64_t moment) {
    if (!moment_is_finite(moment) || moment > moment_infinity + moment_unix_epoch) raise_not_in_chrono(moment);
    return std::chrono::microseconds(moment - moment_unix_epoch);
}

} // namespace pgrepo::detail
