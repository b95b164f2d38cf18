#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pgrepo {

/// 128 bits that stand for a statement's text and the types of its parameters.
/// The same text with other types is another key: the server would plan it differently.
struct statement_key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend constexpr bool operator==(const statement_key&, const statement_key&) noexcept = default;
};

namespace detail {

constexpr std::uint64_t mix_bits(std::uint64_t x) noexcept {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    x ^= x >> 31;
    return x;
}

} // namespace detail

/// Two independent multiply-and-fold lanes over words of eight bytes, finished with SplitMix64's mixer (Steele, Lea, Flood 2014).
/// Not a cryptographic hash: the statement cache compares the text as well before it trusts a match.
[[nodiscard]] constexpr statement_key make_statement_key(std::string_view text,
                                                         std::span<const std::uint32_t> parameter_types) noexcept {
    std::uint64_t a = 0x9e3779b97f4a7c15ULL;
    std::uint64_t b = 0xd1b54a32d192ed03ULL;
    const auto feed = [&](std::uint64_t word) {
        a = (a ^ word) * 0x100000001b3ULL;
        a ^= a >> 29;
        b = (b + word) * 0xff51afd7ed558ccdULL;
        b ^= b >> 32;
    };
    const char* at = text.data();
    std::size_t left = text.size();
    const auto word_of = [&](std::size_t bytes) {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < bytes; ++i) word |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
        return word;
    };
    for (; left >= 8; left -= 8, at += 8) feed(word_of(8));
    if (left != 0) feed(word_of(left));
    feed(0x1ffULL + text.size()); // no text and type list can run into each other
    for (std::uint32_t type : parameter_types) feed(type);
    feed(0x2ffULL + parameter_types.size());
    return {detail::mix_bits(a ^ (b >> 17)), detail::mix_bits(b + (a << 21))};
}

} // namespace pgrepo
