#pragma once

// Many rows, one at a time, in one struct that is filled anew.

#include "by_hand.hpp"

#include <cstdint>
#include <string>

namespace by_hand {

inline void prepare_stream(PGconn* link) {
    const std::string text =
        std::string("SELECT ") + columns + " FROM users, generate_series(1, $1) AS again WHERE deleted_at IS NULL";
    const Oid int4 = 23;
    expect(result(PQprepare(link, "stream", text.c_str(), 1, &int4)), PGRES_COMMAND_OK);
}

/// libpq's single-row mode.
template <class See> void for_each(PGconn* link, std::int32_t times, const See& see) {
    const auto swapped = __builtin_bswap32(static_cast<std::uint32_t>(times));
    const char* values[] = {reinterpret_cast<const char*>(&swapped)};
    const int lengths[] = {4};
    const int formats[] = {1};
    if (PQsendQueryPrepared(link, "stream", 1, values, lengths, formats, 1) == 0 || PQsetSingleRowMode(link) == 0)
        throw std::runtime_error("the baseline's stream could not be begun");
    User user;
    for (;;) {
        const result row(PQgetResult(link));
        if (!row) break;
        if (PQresultStatus(row.get()) == PGRES_TUPLES_OK) continue; // the end, without a row
        expect(row, PGRES_SINGLE_TUPLE);
        load_user(row.get(), 0, user);
        see(user);
    }
}

} // namespace by_hand
