#pragma once

#include <pgrepo/repository/keyed_rows.hpp>

#include <cstring>

namespace pgrepo::detail {

PGREPO_DECL key_order::key_order(std::size_t keys) {
    while (mask_ < keys * 2) mask_ = mask_ * 2 + 1;
    slots_.assign(mask_ + 1, empty);
    entries_.reserve(keys);
}

PGREPO_DECL key_order::~key_order() = default;

PGREPO_DECL void key_order::ask(std::string_view key) {
    std::size_t at = start(key);
    for (; slots_[at] != empty; at = (at + 1) & mask_)
        if (entries_[slots_[at]] == key) return;
    slots_[at] = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back(key);
}

PGREPO_DECL std::size_t key_order::size() const noexcept {
    return entries_.size();
}

PGREPO_DECL std::size_t key_order::place(std::string_view key) const noexcept {
    for (std::size_t at = start(key); slots_[at] != empty; at = (at + 1) & mask_)
        if (entries_[slots_[at]] == key) return slots_[at];
    return entries_.size();
}

PGREPO_DECL std::size_t key_order::start(std::string_view key) const noexcept {
    std::uint64_t hash = 0x9e3779b97f4a7c15ULL ^ key.size();
    const char* at = key.data();
    std::size_t left = key.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
        hash ^= hash >> 32;
    }
    for (; left > 0; --left, ++at) hash = (hash ^ static_cast<unsigned char>(*at)) * 0x100000001b3ULL;
    return static_cast<std::size_t>(hash ^ (hash >> 29)) & mask_;
}

} // namespace pgrepo::detail
