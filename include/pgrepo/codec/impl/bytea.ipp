#pragma once

#include <pgrepo/codec/bytea.hpp>

namespace pgrepo {

PGREPO_DECL encoded codec<std::span<const std::byte>>::encode(std::span<const std::byte> value, room&) noexcept {
    // A null pointer would be SQL NULL, and an empty range may have one.
    return {value.empty() ? "" : reinterpret_cast<const char*>(value.data()), value.size()};
}

PGREPO_DECL encoded codec<bytea>::encode(const bytea& value, room& unused) noexcept {
    return codec<std::span<const std::byte>>::encode(value, unused);
}

PGREPO_DECL decoded codec<bytea>::decode(cell from, bytea& to) {
    const auto* first = reinterpret_cast<const std::byte*>(from.data());
    to.assign(first, first + from.size());
    return {};
}

} // namespace pgrepo
