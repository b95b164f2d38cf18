#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>

#include <array>
#include <string_view>

namespace pgrepo {

/// `bool` is boolean: one byte, 0 or 1.
template <> struct codec<bool> {
    static constexpr std::string_view type_name = "bool";
    static constexpr oid parameter_type = oids::bool_;
    static constexpr oid array_type = oids::bool_array;
    using room = std::array<char, 1>;

    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == oids::bool_; }
    [[nodiscard]] static constexpr encoded encode(bool value, room& out) noexcept {
        out[0] = value ? '\1' : '\0';
        return {out.data(), 1};
    }
    [[nodiscard]] static constexpr decoded decode(cell from, bool& to) noexcept {
        if (from.size() != 1) return decoded::failure("the value is not 1 byte long");
        const char byte = *from.data();
        // Any other byte, 't' included, is no boolean: a text-format or a damaged value must not read as true.
        if (byte != '\0' && byte != '\1') return decoded::failure("the byte of a boolean is neither 0 nor 1");
        to = byte == '\1';
        return {};
    }
};

} // namespace pgrepo
