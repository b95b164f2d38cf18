#pragma once

// numeric in binary, for Cents: shared by pgrepo's client and by libpq's, so that libraries are compared and not codecs.
// Source: PostgreSQL, numeric_recv and numeric_send: digits to the base of 10,000, of which the first has the given weight.

#include "records.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace money {

/// The most that decimal(10,2) needs: a sign and ten digits, in four groups.
using bytes = std::array<char, 8 + 4 * 2>;

inline void put16(char* to, std::uint32_t value) {
    to[0] = static_cast<char>(value >> 8U);
    to[1] = static_cast<char>(value);
}
inline std::int32_t get16(const char* from) {
    return static_cast<std::int16_t>(static_cast<unsigned char>(from[0]) << 8U | static_cast<unsigned char>(from[1]));
}

inline std::size_t encode(Cents amount, bytes& to) {
    std::uint64_t left = static_cast<std::uint64_t>(amount.count < 0 ? -amount.count : amount.count) * 100;
    std::array<std::uint32_t, 4> groups{}; // the least first: what stands behind the point
    std::uint32_t count = 0;
    for (; left != 0 && count < groups.size(); left /= 10'000)
        groups[count++] = static_cast<std::uint32_t>(left % 10'000);
    put16(to.data(), count);
    put16(to.data() + 2, count - 2); // weight of the first group; the last has -1
    put16(to.data() + 4, amount.count < 0 ? 0x4000 : 0);
    put16(to.data() + 6, 2); // digits behind the point
    for (std::uint32_t i = 0; i < count; ++i) put16(to.data() + 8 + i * 2, groups[count - 1 - i]);
    return 8 + std::size_t{count} * 2;
}

/// False where the bytes are no amount of hundredths: NaN, infinity, or too long.
inline bool decode(std::string_view from, Cents& to) {
    if (from.size() < 8) return false;
    const std::int32_t count = get16(from.data()), weight = get16(from.data() + 2), sign = get16(from.data() + 4);
    if (count < 0 || from.size() != 8 + static_cast<std::size_t>(count) * 2 || (sign != 0 && sign != 0x4000) ||
        weight > 3 || (count > 0 && weight - count < -2))
        return false;
    std::int64_t value = 0; // in hundredths of a cent
    for (std::int32_t i = 0; i < weight + 2; ++i)
        value = value * 10'000 + (i < count ? get16(from.data() + 8 + i * 2) : 0);
    to.count = (sign == 0 ? value : -value) / 100;
    return true;
}

} // namespace money

template <> struct pgrepo::codec<Cents> {
    static constexpr std::string_view type_name = "numeric";
    static constexpr pgrepo::oid parameter_type = 1700;
    static constexpr pgrepo::oid array_type = 1231;
    using room = money::bytes;

    static constexpr bool reads(pgrepo::oid type) noexcept { return type == 1700; }
    static encoded encode(const Cents& value, room& out) { return {out.data(), money::encode(value, out)}; }
    static decoded decode(cell from, Cents& to) {
        if (!money::decode(from.bytes(), to)) return decoded::failure("the value is no amount in hundredths");
        return {};
    }
};
