#pragma once

#include <pgrepo/base/array_view.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
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

/// Two independent multiply-and-fold lanes over words of eight bytes, finished with SplitMix64's mixer (Steele, Lea,
/// Flood 2014). Not a cryptographic hash: the statement cache compares the text as well before it trusts a match.
struct key_lanes {
    std::uint64_t a = 0x9e3779b97f4a7c15ULL;
    std::uint64_t b = 0xd1b54a32d192ed03ULL;

    constexpr void feed(const std::uint64_t* words, std::size_t count) noexcept {
        std::uint64_t one = a; // members cost the compiler half as much again, and it runs this for each statement
        std::uint64_t two = b;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t word = words[i];
            one = (one ^ word) * 0x100000001b3ULL;
            one ^= one >> 29;
            two = (two + word) * 0xff51afd7ed558ccdULL;
            two ^= two >> 32;
        }
        a = one;
        b = two;
    }
    constexpr statement_key end(std::size_t text_size, array_view<std::uint32_t> parameter_types) noexcept {
        const auto one = [&](std::uint64_t word) { feed(&word, 1); };
        one(0x1ffULL + text_size); // no text and type list can run into each other
        for (const std::uint32_t type : parameter_types) one(type);
        one(0x2ffULL + parameter_types.size());
        return {mix_bits(a ^ (b >> 17)), mix_bits(b + (a << 21))};
    }
};

/// The first of up to eight bytes is the lowest.
constexpr std::uint64_t key_word(const char* bytes, std::size_t count) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return word;
}

/// What make_statement_key makes of a text that lies in an array of whole words with zeros behind it. For texts that the
/// compiler writes: it takes the words as they are, where it would read a string_view character by character.
template <class Bytes>
[[nodiscard]] constexpr statement_key key_of_padded(const Bytes& bytes, std::size_t text_size,
                                                    array_view<std::uint32_t> parameter_types) noexcept {
    static_assert(sizeof(Bytes) % 8 == 0);
    struct words {
        std::uint64_t each[sizeof(Bytes) / 8];
    };
    words text{};
    if constexpr (std::endian::native == std::endian::little)
        text = __builtin_bit_cast(words, bytes);
    else
        for (std::size_t i = 0; i < sizeof(Bytes) / 8; ++i) text.each[i] = key_word(bytes.data + 8 * i, 8);
    key_lanes lanes;
    lanes.feed(text.each, (text_size + 7) / 8);
    return lanes.end(text_size, parameter_types);
}

} // namespace detail

/// 128 bits of a text and the types of its parameters.
[[nodiscard]] constexpr statement_key make_statement_key(std::string_view text,
                                                         array_view<std::uint32_t> parameter_types) noexcept {
    detail::key_lanes lanes;
    for (std::size_t at = 0; at < text.size(); at += 8) {
        const std::uint64_t word = detail::key_word(text.data() + at, text.size() - at < 8 ? text.size() - at : 8);
        lanes.feed(&word, 1);
    }
    return lanes.end(text.size(), parameter_types);
}

} // namespace pgrepo
