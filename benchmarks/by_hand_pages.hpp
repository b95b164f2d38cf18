#pragma once

// Pages in the order of (created_at, id): by how many rows to skip, and by the last row of the page before.

#include "by_hand_parameters.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace by_hand {

/// The size of a page by key stands in the text: with LIMIT $n PostgreSQL takes a tenth of the table for the size where it
/// plans once for all values, finds that too dear, and plans anew at every call, which costs more than the page.
inline void prepare_pages(PGconn* link, std::uint32_t page_size) {
    const Oid int8 = 20, timestamptz = 1184, uuid = 2950;
    const std::string select = std::string("SELECT ") + columns + " FROM users WHERE deleted_at IS NULL ";
    prepare(link, "page", select + "ORDER BY created_at, id LIMIT $1 OFFSET $2", {int8, int8});
    prepare(link, "after",
            select + "AND (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT " + std::to_string(page_size),
            {timestamptz, uuid});
}

inline std::uint64_t big_endian(std::uint64_t value) {
    return __builtin_bswap64(value);
}

inline std::vector<User> page(PGconn* link, std::uint64_t offset, std::uint32_t limit) {
    const std::uint64_t values[] = {big_endian(limit), big_endian(offset)};
    parameters<2> sent;
    sent.add(reinterpret_cast<const char*>(&values[0]), 8).add(reinterpret_cast<const char*>(&values[1]), 8);
    const result rows = sent.execute(link, "page");
    expect(rows, PGRES_TUPLES_OK);
    return decode_all(rows.get());
}

inline std::vector<User> page_after(PGconn* link, pgrepo::timestamptz created_at, const pgrepo::uuid& id) {
    const std::uint64_t time = big_endian(static_cast<std::uint64_t>(created_at.count()));
    parameters<2> sent;
    sent.add(reinterpret_cast<const char*>(&time), 8).add(id);
    const result rows = sent.execute(link, "after");
    expect(rows, PGRES_TUPLES_OK);
    return decode_all(rows.get());
}

} // namespace by_hand
