#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>

#include <boost/uuid/uuid.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace pgrepo {

/// Boost's class, so that it hashes, compares and prints as everywhere else. `uuid{}` is the nil uuid.
using uuid = boost::uuids::uuid;

/// "0190163d-8694-739b-aea5-966c26f8ad91", as PostgreSQL prints it. Call it qualified: Boost has one of the same name.
[[nodiscard]] inline std::string to_string(const uuid& id) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    std::size_t i = 0;
    for (const std::uint8_t byte : id) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[byte >> 4];
        text += digits[byte & 15];
        ++i;
    }
    return text;
}

/// Reads the form that `to_string` writes, in either case; anything else is nothing.
[[nodiscard]] inline std::optional<uuid> parse_uuid(std::string_view text) noexcept {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    if (text.size() != 36) return std::nullopt;
    uuid id{};
    std::size_t at = 0;
    for (std::uint8_t& byte : id) {
        if (at == 8 || at == 13 || at == 18 || at == 23)
            if (text[at++] != '-') return std::nullopt;
        const int high = digit(text[at]);
        const int low = digit(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        byte = static_cast<std::uint8_t>(high << 4 | low);
        at += 2;
    }
    return id;
}

template <> struct codec<uuid> {
    static constexpr std::string_view type_name = "uuid";
    static constexpr oid parameter_type = oids::uuid;
    static constexpr oid array_type = oids::uuid_array;
    using room = no_room;

    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == oids::uuid; }
    [[nodiscard]] static encoded encode(const uuid& value, room&) noexcept {
        return {reinterpret_cast<const char*>(value.begin()), 16};
    }
    [[nodiscard]] static decoded decode(cell from, uuid& to) noexcept {
        if (from.size() != 16) return decoded::failure("the value is not 16 bytes long");
        std::memcpy(to.begin(), from.data(), 16);
        return {};
    }
};

} // namespace pgrepo
