#include "tables.hpp"

#include "../by_hand.hpp"

#include <cstdlib>
#include <string>

namespace tables {

void clear(const pgrepo::postgres_config& config) {
    const auto session = by_hand::connect(config);
    by_hand::expect(by_hand::result(PQexec(session.get(), "TRUNCATE written_users, orders, order_items")),
                    PGRES_COMMAND_OK);
}

contents written_users(const pgrepo::postgres_config& config) {
    const auto session = by_hand::connect(config);
    const std::string text = std::string("SELECT ") + by_hand::columns + " FROM written_users";
    const by_hand::result rows(PQexecParams(session.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
    by_hand::expect(rows, PGRES_TUPLES_OK);
    contents out{.rows = PQntuples(rows.get())};
    for (const User& user : by_hand::decode_all(rows.get())) out.checksum += checksums::of_written(user);
    return out;
}

std::int64_t count_orders(const pgrepo::postgres_config& config) {
    const auto session = by_hand::connect(config);
    const by_hand::result rows(PQexec(session.get(), "SELECT count(*) FROM orders"));
    by_hand::expect(rows, PGRES_TUPLES_OK);
    return std::atoll(PQgetvalue(rows.get(), 0, 0));
}

std::vector<NewUser> drafts(std::int64_t count) {
    std::vector<NewUser> out;
    out.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        out.push_back({.email = "new" + number + "@example.org",
                       .first_name = "First" + number,
                       .last_name = "Last name " + number,
                       .is_verified = i % 2 == 0});
    }
    return out;
}

} // namespace tables
