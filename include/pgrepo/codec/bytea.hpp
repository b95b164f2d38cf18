#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace pgrepo {

/// Bytes, zero included.
using bytea = std::vector<std::byte>;

namespace detail {

struct bytea_codec {
    static constexpr std::string_view type_name = "bytea";
    static constexpr oid parameter_type = oids::bytea;
    static constexpr oid array_type = oids::bytea_array;
    using room = no_room;

    [[nodiscard]] static encoded view(std::span<const std::byte> bytes) noexcept {
        // A null pointer would be SQL NULL, and an empty range may have one.
        return {bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
};

} // namespace detail

template <> struct codec<bytea> : detail::bytea_codec {
    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == oids::bytea; }
    [[nodiscard]] static encoded encode(const bytea& value, room&) noexcept { return view(value); }
    [[nodiscard]] static decoded decode(cell from, bytea& to) {
        const auto* first = reinterpret_cast<const std::byte*>(from.data());
        to.assign(first, first + from.size());
        return {};
    }
};

/// A parameter only: as a column it would view a result that is gone.
template <> struct codec<std::span<const std::byte>> : detail::bytea_codec {
    [[nodiscard]] static encoded encode(std::span<const std::byte> value, room&) noexcept { return view(value); }
};

} // namespace pgrepo
