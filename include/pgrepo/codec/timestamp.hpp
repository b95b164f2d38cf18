#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/detail/big_endian.hpp>
#include <pgrepo/codec/detail/moment.hpp>
#include <pgrepo/codec/oids.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgrepo {

/// A date and time on some wall: PostgreSQL's `timestamp without time zone`. Microseconds, and both infinities.
/// Which wall only the application knows: a point in time is a `timestamptz`, and neither converts to the other.
class timestamp {
public:
    /// 2000-01-01 00:00:00, zero on the wire.
    constexpr timestamp() noexcept = default;
    /// Rounds down to a microsecond; implicit where nothing is lost.
    /// Throws `error` of kind `encode` outside PostgreSQL's range, 4714-11-24 BC to 294276-12-31.
    template <detail::ClockDuration Duration>
    constexpr explicit(!detail::is_whole_microseconds<Duration>) timestamp(std::chrono::local_time<Duration> at)
        : count_(detail::moment_from_unix(at.time_since_epoch())) {}

    /// The time as it travels: microseconds since 2000-01-01 00:00:00, the ends of int64 for the infinities.
    /// Throws `error` of kind `encode` outside PostgreSQL's range.
    [[nodiscard]] static constexpr timestamp from_count(std::int64_t count) {
        if (!is_count(count)) detail::raise_moment_out_of_range();
        return unchecked(count);
    }
    [[nodiscard]] constexpr std::int64_t count() const noexcept { return count_; }
    /// Whether `from_count` takes it.
    [[nodiscard]] static constexpr bool is_count(std::int64_t count) noexcept {
        return detail::moment_in_range(count) || !detail::moment_is_finite(count);
    }

    /// Later than every other; PostgreSQL's 'infinity'.
    [[nodiscard]] static constexpr timestamp infinity() noexcept { return unchecked(detail::moment_infinity); }
    /// Earlier than every other; PostgreSQL's '-infinity'.
    [[nodiscard]] static constexpr timestamp negative_infinity() noexcept {
        return unchecked(detail::moment_negative_infinity);
    }
    [[nodiscard]] constexpr bool is_finite() const noexcept { return detail::moment_is_finite(count_); }

    /// Throws `error` of kind `decode` for an infinity, and after 294247-01-10, where local_time<microseconds> ends.
    [[nodiscard]] constexpr std::chrono::local_time<std::chrono::microseconds> to_local_time() const {
        return std::chrono::local_time<std::chrono::microseconds>(detail::moment_to_unix(count_));
    }

    /// An infinity stays one. Throws `error` of kind `encode` outside PostgreSQL's range.
    constexpr timestamp& operator+=(std::chrono::microseconds span) {
        count_ = detail::moment_add(count_, span.count());
        return *this;
    }
    [[nodiscard]] friend constexpr timestamp operator+(timestamp at, std::chrono::microseconds span) {
        return at += span;
    }
    /// Throws `error` of kind `usage` if either is infinite or they lie more than 2^63 microseconds apart.
    [[nodiscard]] friend constexpr std::chrono::microseconds operator-(timestamp a, timestamp b) {
        return std::chrono::microseconds(detail::moment_difference(a.count_, b.count_));
    }

    friend constexpr auto operator<=>(const timestamp&, const timestamp&) noexcept = default;

private:
    friend struct codec<timestamp>;

    [[nodiscard]] static constexpr timestamp unchecked(std::int64_t count) noexcept {
        timestamp made;
        made.count_ = count;
        return made;
    }

    std::int64_t count_ = 0;
};

/// In ISO form, as PostgreSQL prints it: "2026-11-23 18:00:00.123456", "infinity".
[[nodiscard]] inline std::string to_string(timestamp at) {
    if (!at.is_finite()) return at == timestamp::infinity() ? "infinity" : "-infinity";
    return detail::moment_to_string(at.count(), "");
}

template <> struct codec<timestamp> {
    static constexpr std::string_view type_name = "timestamp";
    static constexpr oid parameter_type = oids::timestamp;
    static constexpr oid array_type = oids::timestamp_array;
    using room = std::array<char, 8>;

    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == oids::timestamp; }
    [[nodiscard]] static encoded encode(timestamp value, room& out) noexcept {
        detail::store_big_endian(static_cast<std::uint64_t>(value.count()), out.data());
        return {out.data(), out.size()};
    }
    [[nodiscard]] static decoded decode(cell from, timestamp& to) noexcept {
        if (from.size() != 8) return decoded::failure("the value is not 8 bytes long");
        const auto count = static_cast<std::int64_t>(detail::load_big_endian<std::uint64_t>(from.data()));
        if (!timestamp::is_count(count)) return decoded::failure("the timestamp is outside PostgreSQL's range");
        to = timestamp::unchecked(count);
        return {};
    }
};

} // namespace pgrepo
