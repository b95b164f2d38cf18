#include "threads.hpp"

#include "checksum.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <latch>
#include <mutex>
#include <thread>

namespace threads {

void at_once(std::size_t count, stopwatch& watch, const std::function<void(std::size_t)>& work) {
    std::latch ready(static_cast<std::ptrdiff_t>(count) + 1), start(1);
    std::mutex mutex;
    std::exception_ptr failure;
    std::vector<std::jthread> team;
    team.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        team.emplace_back([&, i] {
            ready.count_down();
            start.wait();
            try {
                work(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                failure = std::current_exception();
            }
        });
    ready.arrive_and_wait();
    watch.measure([&] {
        start.count_down();
        team.clear(); // joins
    });
    if (failure) std::rethrow_exception(failure);
}

outcome closed_loop_of(std::size_t count, std::uint32_t sessions, const setting& with, stopwatch& watch) {
    pgrepo::postgres_config config = with.config;
    config.pool_max = sessions;
    const auto users = with.library.shares(config);
    std::vector<User> found;
    for (std::size_t i = 0; i < with.ids.size(); i += 10) found.push_back(users->find(with.ids[i]).value());
    const auto loop = [&](std::int64_t each) {
        return [&users, &with, each](std::size_t thread) {
            for (std::int64_t i = 0; i < each; ++i)
                require(
                    users->find(with.ids[(thread * 997 + static_cast<std::size_t>(i)) % with.ids.size()]).has_value(),
                    "a user was missed");
        };
    };
    stopwatch unused; // what it takes to open as many sessions as the threads can use, and to prepare
    const std::size_t wanted = std::min<std::size_t>(count, sessions);
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    do at_once(count, unused, loop(20));
    while (users->open() < wanted && std::chrono::steady_clock::now() < patience);
    require(users->open() >= wanted, "a pool did not open the sessions that its callers wait for");
    at_once(count, unused, loop(20)); // those that came last have prepared nothing yet
    const std::int64_t each = std::max<std::int64_t>(1, with.operations / static_cast<std::int64_t>(count));
    at_once(count, watch, loop(each));
    return {.operations = each * static_cast<std::int64_t>(count), .checksum = checksums::of(found)};
}

outcome spike(const setting& with, stopwatch& watch) {
    constexpr std::size_t callers = 50;
    pgrepo::postgres_config config = with.config;
    config.pool_max = callers;
    const auto users = with.library.shares_growing(config);
    const std::vector<User> first{users->find(with.ids.front()).value()};
    const std::size_t before = users->open();
    at_once(callers, watch,
            [&](std::size_t thread) { require(users->find(with.ids[thread]).has_value(), "a user was missed"); });
    return {.operations = callers,
            .checksum = checksums::of(first),
            .connections_opened = static_cast<std::int64_t>(users->open() - before)};
}

} // namespace threads
