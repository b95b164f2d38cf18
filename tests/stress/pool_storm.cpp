// Everything at once: many threads on few sessions while sessions are killed, replaced and closed, max changes, calls give
// up or are stopped. PGREPO_STORM_SEED=<n> repeats the dice, PGREPO_NIGHTLY=1 runs long.

#include "../integration/pq_support.hpp"
#include "../support/measurable_memory.hpp"

#include <pgrepo/pq/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace pq_test;
using pgrepo::deadline;
using pgrepo::error_kind;

namespace {

bool nightly() {
    return !environment("PGREPO_NIGHTLY").empty();
}

std::uint64_t seed() {
    static const std::uint64_t value = [] {
        const std::string text = environment("PGREPO_STORM_SEED");
        const std::uint64_t out = text.empty() ? std::random_device{}() : std::stoull(text);
        BOOST_TEST_MESSAGE("PGREPO_STORM_SEED=" << out);
        return out;
    }();
    return value;
}

pgrepo::connection_options named(const char* application) {
    auto options = server();
    options.application_name = application;
    options.connect_timeout = 60s;
    return options;
}

std::int64_t backends(pgrepo::connection& onlooker, const char* application) {
    return integer(
        run(onlooker, sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1").text(application)));
}

void kill_one(pgrepo::connection& onlooker, const char* application) {
    run(onlooker, sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 "
                      "ORDER BY random() LIMIT 1")
                      .text(application));
}

/// A call in a storm may fail for what the storm does, and for nothing else.
bool is_excused(const pgrepo::error& failure) {
    switch (failure.kind()) {
    case error_kind::connection_lost:
    case error_kind::pool_exhausted:
    case error_kind::deadline_exceeded:
    case error_kind::cancelled:
    case error_kind::connect_failed:
    case error_kind::closed:
        return true;
    default:
        return false;
    }
}

std::int64_t descriptors() {
    using entries = std::filesystem::directory_iterator;
    return std::distance(entries("/proc/self/fd"), entries());
}

std::int64_t resident_kilobytes() {
    std::ifstream in("/proc/self/statm");
    std::int64_t pages = 0, in_memory = 0;
    in >> pages >> in_memory;
    return in_memory * (::sysconf(_SC_PAGESIZE) / 1024);
}

/// Looks all the time whether the pool's counts make sense.
class sampler {
public:
    explicit sampler(pgrepo::pool& pool)
        : thread_([&pool, this] {
              while (!done_) {
                  const auto now = pool.counts();
                  if (now.idle + now.borrowed + now.opening != now.total) ++wrong_;
                  ++samples_;
                  std::this_thread::sleep_for(100us);
              }
          }) {}
    void finish() {
        done_ = true;
        thread_.join();
        BOOST_TEST(wrong_ == 0U);
        BOOST_TEST(samples_ > 10U);
        BOOST_TEST_MESSAGE(samples_ << " samples");
    }

private:
    std::atomic<bool> done_{false};
    std::uint64_t wrong_ = 0, samples_ = 0;
    std::thread thread_;
};

struct tally {
    std::atomic<std::uint64_t> loans{0}, excused{0}, wrong{0};

    void note(const pgrepo::error& failure) {
        if (is_excused(failure)) {
            ++excused;
        } else if (++wrong < 4) {
            std::fprintf(stderr, "not excused: %s\n", failure.what());
        }
    }
};

/// One loan and what is done with it, at random.
void borrow_once(pgrepo::pool& pool, std::mt19937_64& random, tally& counts) {
    std::stop_source stop;
    pgrepo::call_options options{.deadline = deadline::in(60s), .stop = {}};
    const auto dice = random() % 100;
    if (dice < 10) options.deadline = deadline::in(std::chrono::microseconds(random() % 3000));
    if (dice >= 10 && dice < 20) {
        options.stop = stop.get_token();
        if (dice < 15) stop.request_stop();
    }
    try {
        auto mine = pool.acquire(options);
        ++counts.loans;
        const auto number = static_cast<std::int32_t>(random() % 1000000);
        if (dice < 60 && integer(run(*mine, sql("SELECT $1 + 0").int4(number))) != number) ++counts.wrong;
        if (dice == 60) run(*mine, "BEGIN");
        if (dice == 61) mine->close();
        if (dice == 62) run(*mine, "SET work_mem = '77kB'");
    } catch (const pgrepo::error& failure) {
        counts.note(failure);
    }
}

pgrepo::pool_options stormy() {
    return {.max = 4,
            .acquire_timeout = 60s,
            .min = 1,
            .idle_timeout = 200ms,
            .max_uses = 500,
            .max_lifetime = 1s,
            .leak_threshold = 500ms,
            .ping_after = 50ms,
            .connect_concurrency = 3};
}

} // namespace

BOOST_AUTO_TEST_CASE(everything_at_once_and_then_close) {
    constexpr const char* application = "pool_storm";
    const auto lasts = nightly() ? std::chrono::seconds(120) : std::chrono::seconds(4);
    auto onlooker = pgrepo::connection::open(server());
    recorder watcher;
    tally counts;
    int kills = 0;
    {
        pgrepo::pool pool(named(application), stormy(), &watcher);
        sampler samples(pool);
        std::atomic<int> closed{0};
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < 32; ++t)
            threads.emplace_back([&, t] {
                std::mt19937_64 random(seed() + t);
                while (!pool.is_closed()) borrow_once(pool, random, counts);
                if (failure([&] { (void)pool.acquire(); }).kind() == error_kind::closed) ++closed;
            });
        std::mt19937_64 random(seed() + 1000);
        const auto end = deadline::in(lasts);
        while (!end.passed()) {
            switch (random() % 24) {
            case 0:
                pool.retire_all();
                break;
            case 1:
                pool.resize(1 + static_cast<std::uint32_t>(random() % 6));
                break;
            case 2:
                (void)pool.holders();
                (void)pool.statistics();
                break;
            case 3:
                kill_one(*onlooker, application);
                ++kills;
                break;
            default:
                std::this_thread::sleep_for(std::chrono::milliseconds(random() % 10));
            }
        }
        std::thread([&] { pool.resize(3); }).swap(threads.emplace_back());
        const auto start = deadline::clock::now();
        const auto report = pool.close(deadline::in(2s));
        BOOST_TEST((deadline::clock::now() - start < 60s));
        BOOST_TEST(report.left == 0U);
        for (auto& each : threads) each.join();
        BOOST_TEST(closed == 32);
        BOOST_TEST(pool.counts().total == 0U);
        BOOST_TEST(pool.counts().waiting == 0U);
        const auto now = pool.statistics();
        BOOST_TEST(now.opened == now.closings.all());
        BOOST_TEST_MESSAGE(counts.loans << " loans, " << counts.excused << " excused, " << kills << " kills, "
                                        << now.opened << " opened, " << now.open_failures << " not, waited "
                                        << now.waited << ", timeouts " << now.timeouts << ", refused " << now.refused
                                        << ", stopped " << now.stopped << ", connect " << now.connect.count() / 1000
                                        << " us, closings: uses " << now.closings.uses << ", lifetime "
                                        << now.closings.lifetime << ", retired " << now.closings.retired << ", surplus "
                                        << now.closings.surplus << ", broken " << now.closings.broken << ", busy "
                                        << now.closings.returned_busy);
        samples.finish();
        BOOST_TEST(soon([&] { return backends(*onlooker, application) == 0; })); // before the pool itself is gone
    }
    BOOST_TEST(counts.wrong == 0U);
    BOOST_TEST(counts.loans > 100U);
}

BOOST_AUTO_TEST_CASE(two_pools_do_not_meet) {
    auto onlooker = pgrepo::connection::open(server());
    tally counts;
    {
        pgrepo::pool one(named("pool_storm_one"), stormy()), two(named("pool_storm_two"), stormy());
        sampler first(one), second(two);
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < 12; ++t)
            threads.emplace_back([&, t] {
                std::mt19937_64 random(seed() + t);
                for (int i = 0; i < 100; ++i) {
                    borrow_once(t % 2 == 0 ? one : two, random, counts);
                    if (i % 10 != 0) continue;
                    // One of each, in either order: a wait in one pool is none in the other.
                    try {
                        auto mine = (t % 2 == 0 ? one : two).acquire(deadline::in(2s));
                        auto other = (t % 2 == 0 ? two : one).acquire(deadline::in(2s));
                        if (mine->backend_pid() == other->backend_pid()) ++counts.wrong;
                    } catch (const pgrepo::error& failure) {
                        counts.note(failure);
                    }
                }
            });
        for (auto& each : threads) each.join();
        one.close();
        BOOST_TEST(one.counts().borrowed == 0U);
        BOOST_TEST(bool(two.acquire())); // the other goes on
        first.finish();
        second.finish();
    }
    BOOST_TEST(counts.wrong == 0U);
    for (const char* each : {"pool_storm_one", "pool_storm_two"})
        BOOST_TEST(soon([&] { return backends(*onlooker, each) == 0; }));
}

BOOST_AUTO_TEST_CASE(loans_cost_neither_memory_nor_descriptors,
                     *boost::unit_test::precondition(test::memory_can_be_measured)) {
    const std::uint64_t loans = nightly() ? 1000000 : 100000;
    pgrepo::pool pool(named("pool_storm_flat"), {.max = 4,
                                                 .acquire_timeout = 90s,
                                                 .idle_timeout = 0ms,
                                                 .max_uses = 2000, // sessions are replaced as well
                                                 .max_lifetime = 0ms});
    const auto lend = [&](std::uint64_t count) {
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&] {
                for (std::uint64_t i = 0; i < count / 8; ++i) {
                    auto mine = pool.acquire();
                    if (i % 50 == 0) run(*mine, "SELECT 1");
                }
            });
        for (auto& each : threads) each.join();
    };
    lend(loans / 5);
    const auto files = descriptors();
    const auto kilobytes = resident_kilobytes();
    lend(loans);
    BOOST_TEST_MESSAGE("descriptors " << files << " -> " << descriptors() << ", resident " << kilobytes << " kB -> "
                                      << resident_kilobytes() << " kB, sessions " << pool.statistics().opened);
    BOOST_TEST(descriptors() <= files + 4); // of sessions that were not there at the time
    BOOST_TEST(resident_kilobytes() <= kilobytes + kilobytes / 50 + 1024);
    BOOST_TEST(pool.statistics().acquired >= loans);
}
