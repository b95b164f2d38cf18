#pragma once

#include <pgrepo/pq/impl/shape_memory.ipp>
#include <pgrepo/pq/statement_cache.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL statement_name name_of(statement_key key) noexcept {
    static constexpr char digits[] = "0123456789abcdef";
    static constexpr std::string_view prefix = "pgrepo_";
    statement_name name{};
    auto out = std::copy(prefix.begin(), prefix.end(), name.begin());
    for (const std::uint64_t half : {key.high, key.low})
        for (int shift = 60; shift >= 0; shift -= 4) *out++ = digits[(half >> shift) & 15U];
    return name;
}

PGREPO_DECL bool prepared_statement::is(const statement_ref& statement) const noexcept {
    if (source == statement.text.data() && types_source == statement.parameter_types.data()) [[likely]]
        return true;
    return says(statement);
}

PGREPO_DECL bool prepared_statement::says(const statement_ref& statement) const noexcept {
    return text == statement.text && std::ranges::equal(parameter_types, statement.parameter_types);
}

PGREPO_DECL statement_cache::statement_cache(std::size_t capacity) : capacity_(capacity) {
    if (capacity_ > 0) index_.assign(std::bit_ceil(capacity_ * 2), none);
}

PGREPO_DECL std::size_t statement_cache::position(statement_key key) const noexcept {
    const std::size_t mask = index_.size() - 1;
    std::size_t at = static_cast<std::size_t>(key.low) & mask;
    while (index_[at] != none && !(slots_[index_[at]].key == key)) at = (at + 1) & mask;
    return at;
}

PGREPO_DECL statement_cache::lookup statement_cache::find(const statement_ref& statement) noexcept {
    if (capacity_ == 0) return {};
    const std::uint32_t slot = index_[position(statement.key)];
    if (slot == none) [[unlikely]]
        return {};
    prepared_statement& candidate = slots_[slot];
    if (!candidate.is(statement)) [[unlikely]]
        return {.found = nullptr, .clash = true};
    candidate.recently_used = true;
    return {.found = &candidate, .clash = false};
}

PGREPO_DECL prepared_statement& statement_cache::enter(const statement_ref& statement, const statement_name& name) {
    prepared_statement fresh{.key = statement.key,
                             .source = statement.text.data(),
                             .types_source = statement.parameter_types.data(),
                             .name = name,
                             .recently_used = true,
                             .text = std::string(statement.text),
                             .parameter_types = {statement.parameter_types.begin(), statement.parameter_types.end()},
                             .shape = shape_memory::make()};
    if (used_ == capacity_) evict();
    if (free_.empty()) {
        free_.reserve(slots_.size() + 1); // so that erase never allocates
        slots_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot] = std::move(fresh);
    index_[position(statement.key)] = slot;
    ++used_;
    return slots_[slot];
}

PGREPO_DECL void statement_cache::erase(statement_key key, bool on_server) {
    if (capacity_ == 0) return;
    const std::size_t at = position(key);
    if (index_[at] == none) return;
    if (on_server) leaving_.push_back(slots_[index_[at]].name);
    unlink(at);
}

PGREPO_DECL void statement_cache::unlink(std::size_t at) noexcept {
    const std::uint32_t slot = index_[at];
    slots_[slot] = prepared_statement{};
    free_.push_back(slot);
    --used_;
    // Linear probing without tombstones: entries behind the hole that it would cut off move into it.
    const std::size_t mask = index_.size() - 1;
    std::size_t hole = at;
    for (std::size_t next = (hole + 1) & mask; index_[next] != none; next = (next + 1) & mask) {
        const std::size_t home = static_cast<std::size_t>(slots_[index_[next]].key.low) & mask;
        if (((next - home) & mask) >= ((next - hole) & mask)) {
            index_[hole] = index_[next];
            hole = next;
        }
    }
    index_[hole] = none;
}

PGREPO_DECL void statement_cache::evict() {
    for (;; hand_ = (hand_ + 1) % slots_.size()) {
        hand_ %= slots_.size();
        prepared_statement& candidate = slots_[hand_];
        if (candidate.text.empty() && !candidate.shape) continue; // a free slot
        if (!std::exchange(candidate.recently_used, false)) break;
    }
    const statement_key key = slots_[hand_].key;
    hand_ = (hand_ + 1) % slots_.size();
    erase(key, true);
}

PGREPO_DECL void statement_cache::clear() noexcept {
    std::fill(index_.begin(), index_.end(), none);
    slots_.clear();
    free_.clear();
    leaving_.clear();
    used_ = 0;
    hand_ = 0;
}

PGREPO_DECL bool statement_cache::is_leaving(const statement_name& name, std::size_t after) const noexcept {
    return std::find(leaving_.begin() + static_cast<std::ptrdiff_t>(std::min(after, leaving_.size())), leaving_.end(),
                     name) != leaving_.end();
}

PGREPO_DECL void statement_cache::left(std::size_t count) noexcept {
    leaving_.erase(leaving_.begin(), leaving_.begin() + static_cast<std::ptrdiff_t>(std::min(count, leaving_.size())));
}

} // namespace pgrepo::detail
