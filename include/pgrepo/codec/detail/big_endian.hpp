#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace pgrepo::detail {

// Written as shifts: g++ and clang turn each into one bswap.
[[nodiscard]] constexpr std::uint16_t reverse_bytes(std::uint16_t x) noexcept {
    return static_cast<std::uint16_t>((x << 8) | (x >> 8));
}
[[nodiscard]] constexpr std::uint32_t reverse_bytes(std::uint32_t x) noexcept {
    return (x << 24) | ((x & 0xff00U) << 8) | ((x >> 8) & 0xff00U) | (x >> 24);
}
[[nodiscard]] constexpr std::uint64_t reverse_bytes(std::uint64_t x) noexcept {
    return (std::uint64_t{reverse_bytes(static_cast<std::uint32_t>(x))} << 32) |
           reverse_bytes(static_cast<std::uint32_t>(x >> 32));
}

template <std::unsigned_integral Word> [[nodiscard]] constexpr Word network_order(Word x) noexcept {
    if constexpr (std::endian::native == std::endian::little) return reverse_bytes(x);
    return x;
}

/// Reads a word in network byte order. `from` has at least `sizeof(Word)` bytes, aligned or not.
template <std::unsigned_integral Word> [[nodiscard]] inline Word load_big_endian(const char* from) noexcept {
    Word x;
    std::memcpy(&x, from, sizeof x);
    return network_order(x);
}

/// Writes a word in network byte order to `sizeof(Word)` bytes, aligned or not.
template <std::unsigned_integral Word> inline void store_big_endian(Word x, char* to) noexcept {
    x = network_order(x);
    std::memcpy(to, &x, sizeof x);
}

} // namespace pgrepo::detail
