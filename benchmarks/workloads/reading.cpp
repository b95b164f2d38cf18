#include "reading.hpp"

#include "checksum.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace reading {

outcome find(const setting& with, stopwatch& watch) {
    const auto users = with.library.reads(with.config);
    std::vector<User> found; // also the warm-up
    for (std::size_t i = 0; i < with.ids.size(); i += 10) found.push_back(users->find(with.ids[i]).value());
    watch.measure([&] {
        for (std::int64_t i = 0; i < with.operations; ++i)
            require(users->find(with.ids[static_cast<std::size_t>(i) % with.ids.size()]).has_value(),
                    "a user was missed");
    });
    return {.operations = with.operations, .checksum = checksums::of(found)};
}

outcome find_all(const setting& with, stopwatch& watch) {
    const auto users = with.library.reads(with.config);
    std::size_t rows = 0;
    std::uint64_t sum = 0;
    {
        const std::vector<User> all = users->find_all();
        rows = all.size();
        sum = checksums::of(all);
    }
    watch.measure([&] { require(users->find_all().size() == rows, "rows were missed"); });
    return {.operations = static_cast<std::int64_t>(rows), .checksum = sum};
}

outcome find_by_ids(const setting& with, stopwatch& watch) {
    const auto users = with.library.reads(with.config);
    const std::vector<pgrepo::uuid> ids(with.ids.begin(), with.ids.begin() + 1'000);
    const std::uint64_t sum = checksums::of(users->find_by_ids(ids));
    const std::int64_t calls = std::max<std::int64_t>(1, with.operations / 1'000);
    watch.measure([&] {
        for (std::int64_t i = 0; i < calls; ++i)
            require(users->find_by_ids(ids).size() == ids.size(), "rows were missed");
    });
    return {.operations = calls * 1'000, .checksum = sum};
}

outcome stream(const setting& with, stopwatch& watch) {
    const auto users = with.library.streams(with.config);
    std::int64_t rows = 0;
    std::uint64_t sum = 0;
    users->for_each(1, [&](const User& user) {
        ++rows;
        sum += checksums::of(user);
    });
    constexpr std::int32_t times = 10;
    std::int64_t seen = 0;
    watch.measure([&] { users->for_each(times, [&](const User& user) { seen += user.email.empty() ? 0 : 1; }); });
    require(seen == rows * times, "rows were missed");
    return {.operations = seen, .checksum = sum};
}

outcome find_cached(const setting& with, stopwatch& watch) {
    const auto users = with.library.caches(with.config);
    std::vector<User> found;
    for (const pgrepo::uuid& id : with.ids) found.push_back(users->find(id).value());
    watch.measure([&] {
        for (std::int64_t i = 0; i < with.operations; ++i)
            require(users->find(with.ids[static_cast<std::size_t>(i) % with.ids.size()]).has_value(),
                    "a user was missed");
    });
    return {.operations = with.operations, .checksum = checksums::of(found)};
}

} // namespace reading
