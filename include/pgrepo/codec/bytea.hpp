#pragma once

#include <pgrepo/base/config.hpp>
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
};

} // namespace detail

template <> struct codec<bytea> : detail::bytea_codec {
    [[nodiscard]] static constexpr bool reads(oid type) noexcept { return type == oids::bytea; }
    // Not here: a vector of bytes is much to compile for the many files that have none.
    [[nodiscard]] PGREPO_DECL static encoded encode(const bytea& value, room&) noexcept;
    [[nodiscard]] PGREPO_DECL static decoded decode(cell from, bytea& to);
};

/// A parameter only: as a column it would view a result that is gone.
template <> struct codec<std::span<const std::byte>> : detail::bytea_codec {
    [[nodiscard]] PGREPO_DECL static encoded encode(std::span<const std::byte> value, room&) noexcept;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/codec/impl/bytea.ipp>
#endif
