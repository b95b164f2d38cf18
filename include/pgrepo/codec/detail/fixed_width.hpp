#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/detail/big_endian.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace pgrepo::detail {

template <std::size_t Width> struct word_of_width;
template <> struct word_of_width<2> {
    using type = std::uint16_t;
};
template <> struct word_of_width<4> {
    using type = std::uint32_t;
};
template <> struct word_of_width<8> {
    using type = std::uint64_t;
};

/// The codec of an arithmetic type that travels as its own bits in network byte order.
template <class T, oid Type, oid ArrayType> struct word_codec {
    static constexpr oid parameter_type = Type;
    static constexpr oid array_type = ArrayType;
    using room = std::array<char, sizeof(T)>;

    /// Its own type only: an int2 column in an int8 field would fit, but then a column that changes its type
    /// would go unnoticed.
    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == Type; }

    [[nodiscard]] static encoded encode(T value, room& out) noexcept {
        store_big_endian(std::bit_cast<word>(value), out.data());
        return {out.data(), out.size()};
    }
    [[nodiscard]] static decoded decode(cell from, T& to) noexcept {
        if (from.size() != sizeof(T)) return decoded::failure(wrong_size);
        to = std::bit_cast<T>(load_big_endian<word>(from.data()));
        return {};
    }

private:
    using word = typename word_of_width<sizeof(T)>::type;
    static constexpr const char* wrong_size = sizeof(T) == 2   ? "the value is not 2 bytes long"
                                              : sizeof(T) == 4 ? "the value is not 4 bytes long"
                                                               : "the value is not 8 bytes long";
};

} // namespace pgrepo::detail
