#pragma once

// Pages in the order of (created_at, id): by how many rows to skip, and by the last row of the page before.

#include "by_hand_parameters.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace by_hand {

inline void prepare_pages(PGconn* link) {
    const Oid int8 = 20, timestamptz = 1184, uuid = 2950;
    const std::string select = std::string("SELECT ") + columns + " FROM users WHERE deleted_at IS NULL ";
    prepare(link, "page", select + "ORDER BY created_at, id LIMIT $1 OFFSET $2", {int8, int8});
    prepare(link, "after", select + "AND (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3",
            {timestamptz, uuid, int8});
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

inline std::vector<User> page_after(PGconn* link, pgrepo::timestamptz created_at, const pgrepo::uuid& id,
                                    std::uint32_t limit) {
    const std::uint64_t values[] = {big_endian(static_cast<std::uint64_t>(created_at.count())), big_endian(limit)};
    parameters<3> sent;
    sent.add(reinterpret_cast<const char*>(&values[0]), 8).add(id).add(reinterpret_cast<const char*>(&values[1]), 8);
    const result rows = sent.execute(link, "after");
    expect(rows, PGRES_TUPLES_OK);
    return decode_all(rows.get());
}

} // namespace by_hand
