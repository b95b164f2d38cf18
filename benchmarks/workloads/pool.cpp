#include "pool.hpp"

#include "threads.hpp"

#include <chrono>
#include <thread>

namespace pool {

outcome alone(const setting& with, stopwatch& watch) {
    pgrepo::postgres_config config = with.config;
    config.pool_max = 4;
    const auto sessions = with.library.lends(config);
    sessions->borrow(1'000, false);
    watch.measure([&] { sessions->borrow(with.operations, false); });
    return {.operations = with.operations};
}

outcome contended(const setting& with, stopwatch& watch) {
    constexpr std::size_t borrowers = 8;
    pgrepo::postgres_config config = with.config;
    config.pool_max = 4;
    const auto sessions = with.library.lends(config);
    const std::int64_t each = with.operations / static_cast<std::int64_t>(borrowers) + 1;
    stopwatch unused;
    threads::at_once(borrowers, unused, [&](std::size_t) { sessions->borrow(each / 10 + 1, true); });
    threads::at_once(borrowers, watch, [&](std::size_t) { sessions->borrow(each, true); });
    return {.operations = each * static_cast<std::int64_t>(borrowers)};
}

outcome after_idle(const setting& with, stopwatch& watch) {
    // Many sessions rest at the same time: a wait for each would take minutes.
    constexpr std::int64_t sessions = 50;
    pgrepo::postgres_config config = with.config;
    config.pool_max = sessions;
    const auto lent = with.library.lends_after_a_look(config);
    lent->borrow_all();
    const std::int64_t rounds = with.operations / sessions + 1;
    for (std::int64_t i = 0; i < rounds; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(12)); // pgrepo looks from 10 on
        watch.measure([&] { lent->borrow_all(); });
    }
    return {.operations = rounds * sessions};
}

} // namespace pool
