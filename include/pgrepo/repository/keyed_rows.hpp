#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/codec/row_codec.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pgrepo::detail {

/// Puts rows in the order in which their keys were asked for. Works on the keys' wire bytes, so a row is decoded once
/// and straight into its place. Open addressing; plain code.
class key_order {
public:
    PGREPO_DECL explicit key_order(std::size_t keys);
    key_order(const key_order&) = delete;
    key_order& operator=(const key_order&) = delete;
    PGREPO_DECL ~key_order();

    /// A key that was asked for; a repeated one keeps its first place.
    PGREPO_DECL void ask(std::string_view key);
    /// How many different keys were asked for.
    [[nodiscard]] PGREPO_DECL std::size_t size() const noexcept;
    /// The place of a key among those asked for; size() for a key that compares equal in the database only
    /// (a case-insensitive collation), which is then sorted behind the others.
    [[nodiscard]] PGREPO_DECL std::size_t place(std::string_view key) const noexcept;

private:
    static constexpr std::uint32_t empty = UINT32_MAX;

    [[nodiscard]] PGREPO_DECL std::size_t start(std::string_view key) const noexcept;

    std::size_t mask_ = 7;
    std::vector<std::uint32_t> slots_;
    std::vector<std::string_view> entries_;
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
        struct key_room {
            typename codec<key_type>::room bytes{};
        };
        std::vector<key_room> rooms(keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const encoded bytes = codec<key_type>::encode(keys[i], rooms[i].bytes);
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
            if (row >= 0) rows_codec::decode(rows, row, 1, __builtin_addressof(out[next++]), statement);
        for (int row : unplaced) rows_codec::decode(rows, row, 1, __builtin_addressof(out[next++]), statement);
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

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/repository/impl/keyed_rows.ipp>
#endif
