#include "pages.hpp"

#include "../by_hand.hpp"
#include "checksum.hpp"

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>

namespace pages {
namespace {

/// Where the last page begins: how many users stand before it, and the last of them.
struct place {
    std::uint64_t offset = 0;
    pgrepo::timestamptz created_at{};
    pgrepo::uuid id{};
};
place last_page(const pgrepo::postgres_config& config) {
    const auto session = by_hand::connect(config);
    const std::string text =
        "SELECT created_at, id, (SELECT count(*) FROM users) AS all_users FROM users WHERE deleted_at IS NULL "
        "ORDER BY created_at DESC, id DESC OFFSET " +
        std::to_string(page_size) + " LIMIT 1";
    const by_hand::result rows(PQexecParams(session.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
    by_hand::expect(rows, PGRES_TUPLES_OK);
    require(PQntuples(rows.get()) == 1, "the table users is not the benchmark's: run it by scripts/bench");
    place out{.offset = static_cast<std::uint64_t>(by_hand::load64(PQgetvalue(rows.get(), 0, 2))) - page_size,
              .created_at = by_hand::load_time(rows.get(), 0, 0)};
    by_hand::expect_width(rows.get(), 0, 1, 16);
    std::memcpy(out.id.data, PQgetvalue(rows.get(), 0, 1), 16);
    return out;
}

outcome read(const setting& with, stopwatch& watch, const std::function<std::vector<User>()>& page) {
    std::vector<User> seen;
    for (int i = 0; i < 3; ++i) seen = page();
    require(seen.size() == page_size, "rows were missed");
    watch.measure([&] {
        for (std::int64_t i = 0; i < with.operations; ++i) require(page().size() == page_size, "rows were missed");
    });
    return {.operations = with.operations, .checksum = checksums::of(seen)};
}

} // namespace

outcome first_by_offset(const setting& with, stopwatch& watch) {
    const auto users = with.library.pages(with.config);
    return read(with, watch, [&] { return users->page(0); });
}
outcome last_by_offset(const setting& with, stopwatch& watch) {
    const auto users = with.library.pages(with.config);
    const place last = last_page(with.config);
    return read(with, watch, [&] { return users->page(last.offset); });
}
outcome first_by_key(const setting& with, stopwatch& watch) {
    const auto users = with.library.pages_by_key(with.config);
    const auto before = pgrepo::timestamptz::from_count(0); // older than any user
    return read(with, watch, [&] { return users->after(before, {}); });
}
outcome last_by_key(const setting& with, stopwatch& watch) {
    const auto users = with.library.pages_by_key(with.config);
    const place last = last_page(with.config);
    return read(with, watch, [&] { return users->after(last.created_at, last.id); });
}

} // namespace pages
