#pragma once

// Finds by uuid that go round SIZE tables, REPEATS in all. The tables' records and statements are generated.

#include "measuring.hpp"

#include <by_hand.hpp>
#include <cstddef>
#include <span>
#include <vector>

/// One table: its statement, and a find in it either way, which gives the checksum of what was found if `sum`.
struct finder {
    const char* name;
    const char* text;
    std::uint64_t (*by_hand)(PGconn* session, const pgrepo::uuid& id, bool sum);
    std::uint64_t (*pgrepo)(pgrepo::postgres_service& db, const pgrepo::uuid& id, bool sum);
};

inline void measure_finders(const growing::job& todo, std::span<const finder> all) {
    const auto tables = static_cast<std::size_t>(todo.size);
    growing::require(tables <= all.size(), "fewer repositories were compiled in");
    auto config = pgrepo::postgres_config::from_env();
    config.max_uses = 0; // by hand nothing is opened anew; README.md says what that costs
    const auto session = by_hand::connect(config);
    std::vector<pgrepo::uuid> ids; // the same in every table
    {
        const by_hand::result rows(PQexecParams(session.get(), "SELECT id FROM records1 ORDER BY id", 0, nullptr,
                                                nullptr, nullptr, nullptr, 1));
        by_hand::expect(rows, PGRES_TUPLES_OK);
        for (int i = 0; i < PQntuples(rows.get()); ++i) {
            by_hand::expect_width(rows.get(), i, 0, 16);
            std::memcpy(&ids.emplace_back(), PQgetvalue(rows.get(), i, 0), 16);
        }
    }
    const auto go_round = [&](std::size_t finds, bool sum, const auto& find) {
        std::uint64_t all_sums = 0;
        std::size_t table = 0;
        std::size_t id = 0;
        for (std::size_t i = 0; i < finds; ++i) {
            all_sums += find(all[table], ids[id], sum);
            if (++table == tables) table = 0;
            if (++id == ids.size()) id = 0;
        }
        return all_sums;
    };
    const auto measure = [&](const auto& find) {
        // Every statement is prepared and has the plan that it keeps, which the server chooses after five.
        const std::uint64_t sum = go_round(10 * tables + 200, true, find);
        growing::clocks took;
        took.start();
        go_round(static_cast<std::size_t>(todo.repeats), false, find);
        took.stop();
        growing::report(took, todo.repeats, sum);
    };
    if (todo.by_hand) {
        const Oid uuid = 2950;
        for (const finder& each : all.first(tables))
            by_hand::expect(by_hand::result(PQprepare(session.get(), each.name, each.text, 1, &uuid)),
                            PGRES_COMMAND_OK);
        measure([&](const finder& in, const pgrepo::uuid& id, bool sum) { return in.by_hand(session.get(), id, sum); });
    } else {
        pgrepo::postgres_service db(config);
        measure([&](const finder& in, const pgrepo::uuid& id, bool sum) { return in.pgrepo(db, id, sum); });
    }
}
