#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/codec/row_codec.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace pgrepo::detail {

/// Puts rows in the order in which their keys were asked for. Works on the keys' wire bytes, so a row is decoded once
/// and straight into its place. Open addressing; plain code.
class key_order {
public:
    explicit key_order(std::size_t keys) {
        while (mask_ < keys * 2) mask_ = mask_ * 2 + 1;
        slots_.assign(mask_ + 1, empty);
        entries_.reserve(keys);
    }

    /// A key that was asked for; a repeated one keeps its first place.
    void ask(std::string_view key) {
        std::size_t at = start(key);
        for (; slots_[at] != empty; at = (at + 1) & mask_)
            if (entries_[slots_[at]] == key) return;
        slots_[at] = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back(key);
    }
    /// How many different keys were asked for.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// The place of a key among those asked for; size() for a key that compares equal in the database only
    /// (a case-insensitive collation), which is then sorted behind the others.
    [[nodiscard]] std::size_t place(std::string_view key) const noexcept {
        for (std::size_t at = start(key); slots_[at] != empty; at = (at + 1) & mask_)
            if (entries_[slots_[at]] == key) return slots_[at];
        return entries_.size();
    }

private:
    static constexpr std::uint32_t empty = UINT32_MAX;

    [[nodiscard]] std::size_t start(std::string_view key) const noexcept {
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

    std::size_t mask_ = 7;
    std::vector<std::uint32_t> slots_{};
    std::vector<std::string_view> entries_{};
};

/// Finishes find_by_ids: rows in the order of the keys.
template <class Record, std::size_t KeyColumn> struct finish_in_key_order {
    using result_type = std::vector<Record>;
    using key_type = column_type<Record, KeyColumn>;
    using rows_codec = row_codec<Record>;
    static constexpr const row_shape* shape = &rows_codec::shape;

    std::span<const key_type> keys;

    template <RowSource Rows> std::vector<Record> operator()(const Rows& rows, const statement_ref& statement) const {
        const int count = rows.row_count();
        key_order order(keys.size());
        // codecs with room of their own write into it, so each key's bytes need a place that stays
        using room = typename codec<key_type>::room;
        const auto rooms = std::make_unique<room[]>(keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const encoded bytes = codec<key_type>::encode(keys[i], rooms[i]);
            order.ask(canonical({bytes.data, bytes.size}, rows));
        }
        std::vector<int> row_at(order.size(), -1);
        std::vector<int> unplaced;
        for (int row = 0; row < count; ++row) {
            const std::size_t place =
                order.place(canonical(rows.cell_at(row, static_cast<int>(KeyColumn)).bytes(), rows));
            if (place < row_at.size() && row_at[place] < 0)
                row_at[place] = row;
            else
                unplaced.push_back(row);
        }
        std::vector<Record> out(static_cast<std::size_t>(count));
        std::size_t next = 0;
        for (int row : row_at)
            if (row >= 0) rows_codec::decode(rows, row, out[next++], statement);
        for (int row : unplaced) rows_codec::decode(rows, row, out[next++], statement);
        return out;
    }

private:
    /// char(n) pads what comes back, and ignores the padding when it compares.
    template <RowSource Rows> static std::string_view canonical(std::string_view key, const Rows& rows) {
        if (rows.column_type(static_cast<int>(KeyColumn)) == oids::bpchar)
            while (!key.empty() && key.back() == ' ') key.remove_suffix(1);
        return key;
    }
};

} // namespace pgrepo::detail
