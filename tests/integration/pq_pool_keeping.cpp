// What a pool does on its own account: which sessions it keeps, ends and opens, whom it lets wait, and what it says of that.

#include "../faults/support/fault_proxy.hpp"
#include "pq_pool_support.hpp"

#include <pgrepo/ops/boost_stack_tracer.hpp>
#include <pgrepo/pq/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

using namespace pq_test;
using faults::fault_proxy;
using faults::way;
using pgrepo::deadline;
using pgrepo::error_kind;

namespace {

using clock_type = deadline::clock;

std::chrono::milliseconds since(clock_type::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock_type::now() - start);
}

faults::upstream the_server() {
    const auto at = server();
    return {at.host, at.port};
}

pgrepo::connection_options through(const fault_proxy& proxy) {
    auto options = server();
    options.host = "127.0.0.1";
    options.port = proxy.port();
    options.connect_timeout = 10s;
    return options;
}

/// Nothing ends by itself, unless a test says so.
pgrepo::pool_options lasting(std::uint32_t max) {
    return {.max = max,
            .acquire_timeout = 10s,
            .idle_timeout = 0ms,
            .max_uses = 0,
            .max_lifetime = 0ms,
            .leak_threshold = 0ms,
            .ping_after = 1h};
}

/// Sessions borrowed at once, each on a thread of its own so that none seems to wait for another.
std::vector<pgrepo::loan> borrow(pgrepo::pool& pool, std::size_t count) {
    std::vector<pgrepo::loan> loans(count);
    std::vector<std::thread> threads;
    for (pgrepo::loan& each : loans) threads.emplace_back([&] { each = pool.acquire(); });
    for (std::thread& each : threads) each.join();
    return loans;
}

std::vector<int> pids_of(const std::vector<pgrepo::loan>& loans) {
    std::vector<int> pids;
    for (const pgrepo::loan& each : loans) pids.push_back(each->backend_pid());
    std::ranges::sort(pids);
    return pids;
}

/// When each session began and ended.
class life_recorder : public recorder {
public:
    struct life {
        clock_type::time_point from, to;
        std::string reason;
    };
    void on_connection(const pgrepo::connection_event& event) noexcept override {
        const std::lock_guard lock(guard_);
        life& one = lives_[event.backend_pid];
        (event.opened ? one.from : one.to) = clock_type::now();
        if (!event.opened) one.reason = event.reason;
    }
    std::vector<life> ended(std::string_view reason) {
        const std::lock_guard lock(guard_);
        std::vector<life> out;
        for (const auto& [pid, one] : lives_)
            if (one.reason == reason) out.push_back(one);
        return out;
    }

private:
    std::mutex guard_;
    std::map<int, life> lives_;
};

std::string text_of(pgrepo::connection& link, const char* query) {
    const auto rows = run(link, query);
    const auto value = rows.cell_at(0, 0);
    const auto bytes = value.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_pool_keeping)

// ---- which sessions are kept

BOOST_AUTO_TEST_CASE(min_sessions_are_opened_at_the_first_call_and_kept) {
    auto limits = lasting(5);
    limits.min = 3;
    limits.idle_timeout = 200ms;
    pgrepo::pool pool(server(), limits);
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(pool.counts().total == 0U);
    pool.acquire().give_back();
    BOOST_TEST(soon([&] { return pool.counts().idle == 3; }));
    BOOST_TEST(pool.statistics().opened == 3U);

    auto five = borrow(pool, 5);
    std::vector<int> kept;
    for (std::size_t i = 0; i < five.size(); ++i) {
        if (i >= 2) kept.push_back(five[i]->backend_pid());
        five[i].give_back();
        std::this_thread::sleep_for(15ms); // longer than a tick of the coarse clock
    }
    std::ranges::sort(kept);
    BOOST_TEST(soon([&] { return pool.counts().total == 3; }));
    std::this_thread::sleep_for(500ms);
    BOOST_TEST(pool.counts().total == 3U); // for longer than idle_timeout
    BOOST_TEST(pool.statistics().closings.idle_timeout == 2U);
    auto three = borrow(pool, 3);
    BOOST_TEST(pids_of(three) == kept, boost::test_tools::per_element()); // the coldest went first
    // A kept one that breaks is replaced though nobody asks.
    three[0]->close();
    three.clear();
    BOOST_TEST(soon([&] { return pool.counts().idle == 3; }));
    BOOST_TEST(pool.statistics().closings.broken == 1U);
    BOOST_TEST(pool.statistics().opened == 6U);
}

BOOST_AUTO_TEST_CASE(sessions_opened_together_do_not_end_together) {
    life_recorder seen;
    auto limits = lasting(24);
    limits.min = 24;
    limits.max_lifetime = 1600ms;
    pgrepo::pool pool(server(), limits, &seen);
    borrow(pool, 24).clear();
    BOOST_TEST(soon([&] { return pool.statistics().closings.lifetime >= 24U; }));
    BOOST_TEST(soon([&] { return pool.counts().idle == 24; })); // replaced
    BOOST_TEST_MESSAGE(pool.statistics().open_failures << " attempts to open one failed");
    auto lives = seen.ended("lifetime");
    BOOST_TEST_REQUIRE(lives.size() >= 24U);
    std::ranges::sort(lives, {}, &life_recorder::life::from);
    auto first = clock_type::time_point::max(), last = clock_type::time_point::min();
    for (std::size_t i = 0; i < 24; ++i) {
        const auto age = lives[i].to - lives[i].from;
        BOOST_TEST((age >= 1200ms));
        BOOST_TEST((age < 20s)); // it does end, on a machine however busy
        first = std::min(first, lives[i].to);
        last = std::max(last, lives[i].to);
    }
    BOOST_TEST((last - first > 300ms)); // three quarters to five quarters, seen at looks 200 ms apart
}

BOOST_AUTO_TEST_CASE(a_borrowed_session_outlives_its_time_until_it_comes_back) {
    auto limits = lasting(1);
    limits.max_lifetime = 100ms;
    pgrepo::pool pool(server(), limits);
    auto held = pool.acquire();
    std::this_thread::sleep_for(300ms);
    BOOST_TEST(integer(run(*held, "SELECT 1")) == 1);
    BOOST_TEST(pool.counts().total == 1U);
    held.give_back();
    BOOST_TEST(pool.counts().total == 0U);
    BOOST_TEST(pool.statistics().closings.lifetime == 1U);
}

BOOST_AUTO_TEST_CASE(max_uses_is_exact) {
    auto limits = lasting(1);
    limits.max_uses = 3;
    pgrepo::pool pool(server(), limits);
    std::vector<int> pids;
    for (int i = 0; i < 9; ++i) pids.push_back(pool.acquire()->backend_pid());
    for (unsigned i = 0; i < 9; ++i) BOOST_TEST(pids[i] == pids[i / 3 * 3]);
    BOOST_TEST((std::set(pids.begin(), pids.end()).size() == 3U));
    BOOST_TEST(pool.statistics().closings.uses == 3U);
    BOOST_TEST(pool.counts().total == 0U);
    BOOST_TEST(pool.statistics().acquired == 9U);
}

BOOST_AUTO_TEST_CASE(max_uses_is_exact_among_threads_that_wait) {
    auto limits = lasting(2);
    limits.max_uses = 7;
    std::map<int, int> uses;
    std::mutex guard;
    {
        pgrepo::pool pool(server(), limits);
        std::vector<std::thread> threads;
        for (int t = 0; t < 6; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 40; ++i) {
                    auto mine = pool.acquire();
                    const std::lock_guard lock(guard);
                    ++uses[mine->backend_pid()];
                }
            });
        for (auto& each : threads) each.join();
        BOOST_TEST(pool.statistics().acquired == 240U);
        // One may still be being opened, or have been for somebody who was served before.
        const auto seen = pool.statistics();
        BOOST_TEST(seen.closings.uses + seen.now.total >= uses.size());
        BOOST_TEST(seen.closings.uses <= uses.size());
        BOOST_TEST(seen.opened == seen.closings.all() + seen.now.total - seen.now.opening);
    }
    int short_of = 0;
    for (const auto& [pid, times] : uses) {
        BOOST_TEST(times <= 7);
        if (times < 7) ++short_of;
    }
    BOOST_TEST(short_of <= 2); // those that are there at the end
}

// ---- those that are idle for long

BOOST_AUTO_TEST_CASE(a_session_killed_while_idle_is_found_out_without_a_caller) {
    auto limits = lasting(2);
    limits.ping_after = 100ms;
    pgrepo::pool pool(server(), limits);
    int pid = 0;
    {
        auto one = pool.acquire();
        pid = one->backend_pid();
    }
    kill_backend(pid);
    BOOST_TEST(soon([&] { return pool.counts().total == 0; }));
    BOOST_TEST(pool.statistics().closings.broken == 1U);
}

BOOST_AUTO_TEST_CASE(a_session_behind_a_stalled_link_is_found_out_by_the_ping) {
    fault_proxy proxy(the_server());
    auto limits = lasting(1);
    limits.ping_after = 150ms;
    pgrepo::pool pool(through(proxy), limits);
    int pid = 0;
    {
        auto one = pool.acquire();
        pid = one->backend_pid();
    }
    proxy.on_text("SELECT 1", faults::fate::hide_request); // this session's, not the next's
    std::this_thread::sleep_for(200ms);
    const auto start = clock_type::now();
    auto two = pool.acquire();
    BOOST_TEST(since(start).count() < 8000);
    BOOST_TEST(two->backend_pid() != pid);
    BOOST_TEST(integer(run(*two, "SELECT 1 + 0")) == 1);
    BOOST_TEST(pool.statistics().closings.broken == 1U);
    BOOST_TEST(proxy.counts().matches == 1U);
}

// Who does not wait gets a session or none, and costs none: with no time for an answer none is asked for.
BOOST_AUTO_TEST_CASE(a_call_without_time_does_not_cost_a_session_that_was_idle_for_long) {
    auto limits = lasting(1);
    limits.ping_after = 400ms; // looked at every 50 ms
    pgrepo::pool pool(server(), limits);
    const int pid = pool.acquire()->backend_pid();
    for (int i = 0; i < 6; ++i) {
        std::this_thread::sleep_for(402ms);
        (void)failure([&] { pool.acquire(deadline(clock_type::now() - 1ms)).give_back(); });
    }
    BOOST_TEST(pool.acquire()->backend_pid() == pid);
    BOOST_TEST(pool.statistics().closings.broken == 0U);
}

BOOST_AUTO_TEST_CASE(pings_keep_a_good_session) {
    fault_proxy proxy(the_server());
    auto limits = lasting(1);
    limits.ping_after = 60ms;
    pgrepo::pool pool(through(proxy), limits);
    const int pid = pool.acquire()->backend_pid();
    const auto before = proxy.counts().to_server.read;
    std::this_thread::sleep_for(400ms);
    BOOST_TEST(proxy.counts().to_server.read > before);
    BOOST_TEST(pool.acquire()->backend_pid() == pid);
    BOOST_TEST(pool.statistics().closings.all() == 0U);
}

// ---- who may wait

BOOST_AUTO_TEST_CASE(no_more_than_max_waiting_wait) {
    for (const std::uint32_t places : {0U, 1U, 3U}) {
        auto limits = lasting(1);
        limits.max_waiting = places;
        pgrepo::pool pool(server(), limits);
        auto held = std::optional(pool.acquire());
        std::vector<std::thread> waiters;
        std::atomic<std::uint32_t> served{0};
        for (std::uint32_t i = 0; i < places; ++i)
            waiters.emplace_back([&] {
                auto mine = pool.acquire();
                ++served;
            });
        BOOST_TEST(soon([&] { return pool.counts().waiting == places; }));
        const auto start = clock_type::now();
        const auto caught = failure_elsewhere([&] { (void)pool.acquire(); });
        BOOST_TEST(since(start).count() < 5000); // acquire_timeout is 10 s
        check_kind(caught, error_kind::pool_exhausted);
        BOOST_TEST(has(caught.what(), "max_waiting"), caught.what());
        BOOST_TEST(has(caught.what(), "pq_pool_keeping.cpp"), caught.what());
        BOOST_TEST(pool.statistics().refused == 1U);
        BOOST_TEST(pool.statistics().timeouts == 0U);
        held.reset();
        for (auto& each : waiters) each.join();
        BOOST_TEST(served == places);
        auto idle_again = pool.acquire(); // who need not wait is not refused
    }
}

// Also while no session is there yet.
BOOST_AUTO_TEST_CASE(nor_while_the_first_session_is_being_opened) {
    fault_proxy proxy(the_server());
    proxy.swallow(way::to_client);
    auto limits = lasting(1);
    limits.max_waiting = 1;
    auto options = through(proxy);
    options.connect_timeout = 20s;
    pgrepo::pool pool(options, limits);
    std::thread first([&] { (void)failure([&] { (void)pool.acquire(deadline::in(5s)); }); });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 1 && pool.counts().opening == 1; }));
    const auto start = clock_type::now();
    const auto caught = failure([&] { (void)pool.acquire(); });
    BOOST_TEST(since(start).count() < 4000);
    check_kind(caught, error_kind::pool_exhausted);
    BOOST_TEST(has(caught.what(), "max 1, 0 borrowed and 1 being opened; 1 calls wait already"), caught.what());
    pool.close();
    first.join();
}

// Where there is room for another session, a call waits for that one and for nobody else's.
BOOST_AUTO_TEST_CASE(a_pool_without_a_queue_grows_all_the_same) {
    auto limits = lasting(3);
    limits.max_waiting = 0;
    pgrepo::pool pool(server(), limits);
    auto first = pool.acquire();
    std::optional<pgrepo::loan> second, third;
    std::thread([&] { BOOST_CHECK_NO_THROW(second = pool.acquire()); }).join();
    std::thread([&] { BOOST_CHECK_NO_THROW(third = pool.acquire()); }).join();
    BOOST_TEST(pool.counts().borrowed == 3U);
    check_kind(failure_elsewhere([&] { (void)pool.acquire(); }), error_kind::pool_exhausted);
}

BOOST_AUTO_TEST_CASE(as_many_sessions_are_opened_at_once_as_is_allowed) {
    for (const std::uint32_t at_once : {1U, 3U}) {
        fault_proxy proxy(the_server());
        proxy.delay(way::to_client, 40ms);
        auto limits = lasting(8);
        limits.connect_concurrency = at_once;
        pgrepo::pool pool(through(proxy), limits);
        std::atomic<bool> done{false};
        std::uint32_t most = 0, off = 0;
        std::thread sampler([&] {
            while (!done) {
                const auto now = pool.counts();
                most = std::max(most, now.opening);
                if (now.idle + now.borrowed + now.opening != now.total) ++off;
                std::this_thread::sleep_for(1ms);
            }
        });
        auto all = borrow(pool, 8);
        done = true;
        sampler.join();
        BOOST_TEST(most == at_once);
        BOOST_TEST(off == 0U);
        BOOST_TEST(pool.statistics().opened == 8U);
        BOOST_TEST(proxy.counts().sessions == 8U);
        proxy.pass();
    }
}

BOOST_AUTO_TEST_CASE(a_burst_that_the_sessions_can_serve_opens_hardly_any) {
    fault_proxy proxy(the_server());
    auto limits = lasting(20);
    limits.connect_concurrency = 4;
    pgrepo::pool pool(through(proxy), limits);
    proxy.delay(way::to_client, 40ms);
    borrow(pool, 5).clear();
    BOOST_TEST(soon([&] { return pool.counts().opening == 0; }));
    BOOST_TEST_REQUIRE(pool.counts().idle >= 5U);
    BOOST_TEST_MESSAGE("opening takes " << pool.statistics().connect.count() / 1000000 << " ms");
    const auto before = pool.counts().total;
    BOOST_TEST(before == 5U);
    BOOST_TEST((pool.statistics().connect >= 100ms));
    std::latch start(51);
    std::vector<std::thread> threads;
    for (int t = 0; t < 50; ++t)
        threads.emplace_back([&] {
            start.arrive_and_wait();
            auto mine = pool.acquire();
            std::this_thread::sleep_for(2ms);
        });
    start.arrive_and_wait();
    const auto began = clock_type::now();
    for (auto& each : threads) each.join();
    BOOST_TEST_MESSAGE("the burst took " << since(began).count() << " ms");
    BOOST_TEST(pool.counts().total <= before + 1);
    BOOST_TEST(soon([&] { return pool.counts().opening == 0; }));
    BOOST_TEST(pool.counts().total <= before + 1);
    BOOST_TEST(pool.statistics().opened <= before + 1);
    proxy.pass();
}

// ---- resize, retire_all

BOOST_AUTO_TEST_CASE(a_smaller_max_holds_for_those_that_come_back) {
    // Whichever come back first.
    for (const bool reverse : {false, true}) {
        pgrepo::pool pool(server(), lasting(4));
        auto loans = borrow(pool, 4);
        if (reverse) std::ranges::reverse(loans);
        pool.resize(2);
        BOOST_TEST(pool.counts().max == 2U);
        BOOST_TEST(pool.counts().borrowed == 4U);
        for (const pgrepo::loan& each : loans) BOOST_TEST(integer(run(*each, "SELECT 1")) == 1);
        loans[0].give_back();
        loans[1].give_back();
        BOOST_TEST(soon([&] { return pool.counts().total == 2; }), "total is " << pool.counts().total);
        BOOST_TEST(pool.counts().borrowed == 2U);
        loans[2].give_back();
        loans[3].give_back();
        BOOST_TEST(pool.counts().idle == 2U);
        BOOST_TEST(pool.statistics().closings.surplus == 2U);
        BOOST_TEST(pool.statistics().closings.all() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(a_smaller_max_said_twice_closes_no_more) {
    pgrepo::pool pool(server(), lasting(4));
    auto loans = borrow(pool, 4);
    pool.resize(3);
    pool.resize(3);
    pool.resize(3);
    loans.clear();
    BOOST_TEST(soon([&] { return pool.counts().total <= 3; }));
    BOOST_TEST(pool.counts().total == 3U);
    BOOST_TEST(pool.statistics().closings.surplus == 1U);
}

BOOST_AUTO_TEST_CASE(idle_sessions_beyond_a_smaller_max_are_closed) {
    pgrepo::pool pool(server(), lasting(6));
    {
        auto loans = borrow(pool, 6);
        loans.resize(5); // one is idle
        pool.resize(3);
        BOOST_TEST(soon([&] { return pool.counts().idle == 0; }));
        BOOST_TEST(pool.counts().total == 5U);
    }
    BOOST_TEST(pool.counts().total == 3U);
    pool.resize(1);
    BOOST_TEST(soon([&] { return pool.counts().total == 1; }));
    BOOST_TEST(pool.statistics().closings.surplus == 5U);
    auto held = pool.acquire();
    check_kind(failure_elsewhere([&] { (void)pool.acquire(deadline::in(30ms)); }), error_kind::deadline_exceeded);
    check_kind(failure([&] { pool.resize(0); }), error_kind::configuration);
    BOOST_TEST(pool.counts().max == 1U);
}

BOOST_AUTO_TEST_CASE(a_larger_max_serves_those_that_wait) {
    pgrepo::pool pool(server(), lasting(1));
    auto held = pool.acquire();
    std::atomic<int> served{0};
    std::vector<std::thread> waiters;
    std::latch all(4);
    for (int i = 0; i < 4; ++i)
        waiters.emplace_back([&] {
            auto mine = pool.acquire();
            served += static_cast<int>(integer(run(*mine, "SELECT 1")));
            all.arrive_and_wait(); // four at once, besides the one that is held
        });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 4; }));
    pool.resize(5);
    for (auto& each : waiters) each.join();
    BOOST_TEST(served == 4);
    BOOST_TEST(pool.counts().total == 5U);
}

BOOST_AUTO_TEST_CASE(retire_all_replaces_every_session) {
    pgrepo::pool pool(server(), lasting(3));
    auto loans = borrow(pool, 3);
    const auto old = pids_of(loans);
    loans.resize(1); // two are idle
    pool.retire_all();
    // Who comes after it gets none of the old.
    const int next = pool.acquire()->backend_pid();
    BOOST_TEST(std::ranges::count(old, next) == 0);
    BOOST_TEST(integer(run(*loans[0], "SELECT 1")) == 1);
    loans.clear();
    BOOST_TEST(soon([&] { return pool.statistics().closings.retired == 3U; }));
    for (const int pid : pids_of(borrow(pool, 3))) BOOST_TEST(std::ranges::count(old, pid) == 0);
    BOOST_TEST(pool.statistics().closings.all() == 3U);
}

BOOST_AUTO_TEST_CASE(retire_all_does_not_miss_a_session_that_is_being_looked_at) {
    fault_proxy proxy(the_server());
    auto limits = lasting(1);
    limits.ping_after = 150ms;
    pgrepo::pool pool(through(proxy), limits);
    const int pid = pool.acquire()->backend_pid();
    proxy.delay(way::to_client, 300ms);
    BOOST_TEST(soon([&] { return pool.counts().opening == 1; })); // the ping
    pool.retire_all();
    proxy.pass();
    BOOST_TEST(soon([&] { return pool.counts().opening == 0; }));
    BOOST_TEST(soon([&] { return pool.counts().total == 0; }), "the old session is still there");
    BOOST_TEST(pool.acquire()->backend_pid() != pid);
}

BOOST_AUTO_TEST_CASE(retire_all_does_not_miss_a_session_that_is_being_opened) {
    fault_proxy proxy(the_server());
    proxy.delay(way::to_client, 60ms);
    pgrepo::pool pool(through(proxy), lasting(1));
    std::thread first([&] { pool.acquire().give_back(); });
    // It has been told its settings by then; what it was told may be out of date.
    BOOST_TEST(proxy.wait_until([](const faults::proxy_counts& now) { return now.to_client.read > 0; }));
    BOOST_TEST(pool.counts().opening == 1U);
    pool.retire_all();
    first.join();
    proxy.pass();
    pool.acquire().give_back();
    BOOST_TEST(soon([&] { return pool.statistics().closings.retired == 1U; }));
}

// ---- what is said

BOOST_AUTO_TEST_CASE(statistics_tell_loans_and_waits_apart) {
    auto limits = lasting(1);
    limits.acquire_timeout = 2s;
    pgrepo::pool pool(server(), limits);
    for (int i = 0; i < 64; ++i) pool.acquire().give_back();
    auto now = pool.statistics();
    BOOST_TEST(now.acquired == 64U);
    BOOST_TEST(now.waited == 1U); // for the first session
    BOOST_TEST(now.opened == 1U);
    BOOST_TEST(now.acquire.count == 64U);
    BOOST_TEST(now.acquire.p50.count() == 0);
    BOOST_TEST((now.acquire.max > 0ns));
    BOOST_TEST(now.hold.count == 4U); // one in sixteen
    BOOST_TEST((now.connect >= 1ms));
    {
        auto held = pool.acquire();
        check_kind(failure_elsewhere([&] { (void)pool.acquire(); }), error_kind::pool_exhausted);
        check_kind(failure_elsewhere([&] { (void)pool.acquire(deadline::in(10ms)); }), error_kind::deadline_exceeded);
        std::stop_source stop;
        std::thread stopper([&] {
            static_cast<void>(soon([&] { return pool.counts().waiting != 0; }));
            stop.request_stop();
        });
        check_kind(
            failure_elsewhere([&] { (void)pool.acquire({.deadline = deadline::in(20s), .stop = stop.get_token()}); }),
            error_kind::cancelled);
        stopper.join();
    }
    now = pool.statistics();
    BOOST_TEST(now.timeouts == 2U);
    BOOST_TEST(now.stopped == 1U);
    BOOST_TEST(now.refused == 0U);
    BOOST_TEST(now.acquired == 65U);
    BOOST_TEST(now.acquire.count == 65U);
    BOOST_TEST(now.now.waiting == 0U);
}

BOOST_AUTO_TEST_CASE(percentiles_of_waits_and_loans_are_plausible) {
    auto limits = lasting(1);
    limits.max_uses = 0;
    pgrepo::pool pool(server(), limits);
    pool.acquire().give_back();
    for (int i = 0; i < 20; ++i) {
        auto held = std::optional(pool.acquire());
        std::thread waiter([&] { pool.acquire().give_back(); });
        BOOST_TEST(soon([&] { return pool.counts().waiting != 0; }));
        std::this_thread::sleep_for(20ms);
        held.reset();
        waiter.join();
    }
    const auto now = pool.statistics();
    BOOST_TEST(now.waited == 21U);
    BOOST_TEST(now.acquire.count == 41U);
    BOOST_TEST(now.acquire.p50 <= now.acquire.p95);
    BOOST_TEST(now.acquire.p95 <= now.acquire.p99);
    BOOST_TEST(now.acquire.p99 <= now.acquire.max);
    BOOST_TEST((now.acquire.p95 >= 18ms));
    BOOST_TEST((now.acquire.max < 10s));
    BOOST_TEST(now.hold.count >= 2U);
    BOOST_TEST(now.hold.p50 <= now.hold.max);
}

BOOST_AUTO_TEST_CASE(holders_are_named_oldest_first) {
    pgrepo::pool pool(server(), lasting(3));
    BOOST_TEST(pool.holders().empty());
    borrow(pool, 2).clear();
    auto one = pool.acquire();
    const auto line = static_cast<unsigned>(__LINE__ - 1);
    std::this_thread::sleep_for(20ms);
    pgrepo::loan two;
    std::uint64_t second_thread = 0;
    std::thread other([&] {
        second_thread = static_cast<std::uint64_t>(::pthread_self());
        two = pool.acquire();
    });
    other.join();
    run(*one, sql("BEGIN", false));
    auto holders = pool.holders();
    BOOST_TEST_REQUIRE(holders.size() == 2U);
    BOOST_TEST(holders[0].where.line() == line);
    BOOST_TEST(has(holders[0].where.file_name(), "pq_pool_keeping.cpp"));
    BOOST_TEST((holders[0].status == pgrepo::transaction_status::in_transaction));
    BOOST_TEST(holders[0].statement_id == "test.statement");
    BOOST_TEST(holders[0].thread == static_cast<std::uint64_t>(::pthread_self()));
    BOOST_TEST(!holders[0].in_call);
    BOOST_TEST((holders[0].age > holders[1].age));
    BOOST_TEST(holders[1].statement_id.empty());
    BOOST_TEST(holders[1].thread == second_thread);
    BOOST_TEST((holders[1].status == pgrepo::transaction_status::idle));
    std::thread sleeper([&] { run(*two, "SELECT pg_sleep(0.3)"); });
    BOOST_TEST(soon([&] { return pool.holders()[1].in_call; }));
    sleeper.join();
    BOOST_TEST(!pool.holders()[1].in_call);
    run(*one, "ROLLBACK");
}

BOOST_AUTO_TEST_CASE(exhaustion_says_who_has_them) {
    pgrepo::pool pool(server(), [] {
        auto limits = lasting(1);
        limits.acquire_timeout = 50ms;
        return limits;
    }());
    open_first(pool);
    auto held = pool.acquire();
    const auto line = static_cast<unsigned>(__LINE__ - 1);
    run(*held, sql("BEGIN", false));
    bool caught = false;
    std::thread([&] {
        try {
            (void)pool.acquire(pgrepo::call_options{}, std::source_location::current(), "users.find");
        } catch (const pgrepo::pool_exhausted_error& failure) {
            caught = true;
            BOOST_TEST_REQUIRE(failure.holders().size() == 1U);
            const pgrepo::pool_holder& holder = failure.holders()[0];
            BOOST_TEST(holder.where.line() == line);
            BOOST_TEST((holder.status == pgrepo::transaction_status::in_transaction));
            BOOST_TEST(holder.statement_id == "test.statement");
            BOOST_TEST((holder.age >= 50ms));
            BOOST_TEST(failure.statement_id() == "users.find");
            BOOST_TEST(has(failure.what(), "test.statement"), failure.what());
            BOOST_TEST(has(failure.what(), "in transaction"), failure.what());
            BOOST_TEST(has(failure.what(), "pq_pool_keeping.cpp:" + std::to_string(line)), failure.what());
        }
    }).join();
    BOOST_TEST(caught);
    run(*held, "ROLLBACK");
}

// Where a tracer is given also the stack of each: in the list, in the error, and with a leak.
BOOST_AUTO_TEST_CASE(a_tracer_tells_the_stack_of_each_holder) {
    const pgrepo::boost_stack_tracer tracer;
    recorder seen;
    auto limits = lasting(1);
    limits.acquire_timeout = 50ms;
    limits.leak_threshold = 40ms;
    limits.tracer = &tracer;
    pgrepo::pool pool(server(), limits, &seen);
    open_first(pool);
    auto held = pool.acquire();
    BOOST_TEST_REQUIRE(pool.holders().size() == 1U);
    BOOST_TEST(has(pool.holders()[0].stack, "#0 "), pool.holders()[0].stack);
    std::string in_error;
    std::thread([&] {
        try {
            (void)pool.acquire();
        } catch (const pgrepo::pool_exhausted_error& failure) {
            if (failure.holders().size() == 1) in_error = failure.holders()[0].stack;
        }
    }).join();
    BOOST_TEST(in_error == pool.holders()[0].stack);
    BOOST_TEST(soon([&] { return pool.statistics().leaks == 1U; }));
    held.give_back();
    BOOST_TEST(soon([&] { return pool.statistics().returned == 1U; }));
    pool.close();
    BOOST_TEST_REQUIRE(!seen.warnings.empty());
    BOOST_TEST(has(seen.warnings[0], "leak"), seen.warnings[0]);
    BOOST_TEST(has(seen.warnings[0], in_error), seen.warnings[0]);
}

// ---- threads in their own way

BOOST_AUTO_TEST_CASE(a_thread_that_would_wait_for_itself_is_told_at_once) {
    for (const std::uint32_t max : {1U, 3U}) {
        pgrepo::pool pool(server(), lasting(max));
        std::vector<pgrepo::loan> mine;
        for (std::uint32_t i = 0; i < max; ++i) mine.push_back(pool.acquire());
        const auto start = clock_type::now();
        const auto caught = failure([&] { (void)pool.acquire(); });
        BOOST_TEST(since(start).count() < 5000);
        check_kind(caught, error_kind::pool_exhausted);
        BOOST_TEST(has(caught.what(), "wait for itself"), caught.what());
        BOOST_TEST(pool.statistics().refused == 1U);
        // It did no harm.
        mine.pop_back();
        BOOST_TEST(bool(pool.acquire()));
    }
}

BOOST_AUTO_TEST_CASE(of_two_threads_that_wait_for_each_other_one_is_told) {
    recorder seen;
    pgrepo::pool pool(server(), lasting(2), &seen);
    borrow(pool, 2).clear();
    std::latch both(2);
    std::atomic<int> refused{0}, served{0};
    std::vector<std::thread> threads;
    const auto start = clock_type::now();
    for (int t = 0; t < 2; ++t)
        threads.emplace_back([&] {
            auto first = pool.acquire();
            both.arrive_and_wait();
            try {
                auto second = pool.acquire();
                ++served;
            } catch (const pgrepo::error& failure) {
                if (failure.kind() == error_kind::pool_exhausted && has(failure.what(), "none would go on")) ++refused;
            }
        });
    for (auto& each : threads) each.join();
    BOOST_TEST(since(start).count() < 8000); // acquire_timeout is 10 s
    BOOST_TEST(refused == 1);
    BOOST_TEST(served == 1);
    const auto nested = std::ranges::count_if(
        seen.warnings, [](const std::string& text) { return text.starts_with("nested_acquire"); });
    BOOST_TEST(nested >= 1);
    // Nothing of it is remembered.
    auto again = borrow(pool, 2);
    again.pop_back();
    BOOST_TEST(bool(pool.acquire()));
}

BOOST_AUTO_TEST_CASE(a_thread_that_waits_while_it_has_one_is_warned_of) {
    recorder seen;
    pgrepo::pool pool(server(), lasting(2), &seen);
    auto first = pool.acquire();
    BOOST_TEST(seen.warnings.empty());
    auto second = pool.acquire(); // waits: it is to be opened
    BOOST_TEST_REQUIRE(seen.warnings.size() == 1U);
    BOOST_TEST(seen.warnings[0].starts_with("nested_acquire: "), seen.warnings[0]);
    second.give_back();
    auto third = pool.acquire(); // does not wait
    BOOST_TEST(seen.warnings.size() == 1U);
}

// A loan that was moved to another thread comes back though its borrower waits.
BOOST_AUTO_TEST_CASE(a_loan_handed_to_another_thread_comes_back_to_its_borrower) {
    pgrepo::pool pool(server(), lasting(2));
    auto other = borrow(pool, 1); // by a thread that is not waiting: no deadlock can be proved
    auto mine = pool.acquire();
    std::thread helper([&, handed = std::move(mine)]() mutable {
        BOOST_TEST(soon([&] { return pool.counts().waiting == 1; }));
        handed.give_back();
    });
    const auto again = pool.acquire();
    BOOST_TEST(bool(again));
    helper.join();
    BOOST_TEST(pool.statistics().refused == 0U);
}

// The pool knows who borrowed a session, not who has it now: a thread that borrowed all is told so at once, also where another
// would have given one back for it.
BOOST_AUTO_TEST_CASE(a_loan_that_was_handed_on_still_counts_as_its_borrowers) {
    pgrepo::pool pool(server(), lasting(2));
    auto mine = pool.acquire();
    auto handed = pool.acquire();
    std::atomic<bool> go{false};
    std::thread helper([&go, handed = std::move(handed)]() mutable {
        while (!go) std::this_thread::yield();
        handed.give_back();
    });
    const auto start = clock_type::now();
    check_kind(failure([&] { (void)pool.acquire(); }), error_kind::pool_exhausted);
    BOOST_TEST(since(start).count() < 5000);
    go = true;
    helper.join();
    BOOST_TEST(bool(pool.acquire())); // it is back
    BOOST_TEST(pool.counts().borrowed == 1U);
}

// Threads that end leave their number to the next: who got a session from one that is gone is not that one.
BOOST_AUTO_TEST_CASE(a_thread_is_not_taken_for_one_that_has_ended) {
    pgrepo::pool pool(server(), lasting(1));
    pgrepo::loan held;
    std::thread([&] { held = pool.acquire(); }).join();
    std::optional<pgrepo::error> caught;
    std::thread waiter([&] { // has the number of the first, as a rule
        try {
            (void)pool.acquire();
        } catch (const pgrepo::error& failure) {
            caught = failure;
        }
    });
    std::this_thread::sleep_for(50ms);
    held.give_back();
    waiter.join();
    BOOST_TEST(!caught.has_value(), (caught ? caught->what() : ""));
}

BOOST_AUTO_TEST_CASE(loans_handed_round_between_threads_are_counted_right) {
    pgrepo::pool pool(server(), lasting(3));
    std::atomic<int> refused{0}, wrong{0};
    for (int round = 0; round < 100; ++round) {
        std::vector<pgrepo::loan> loans = borrow(pool, 3);
        std::vector<std::thread> threads;
        for (pgrepo::loan& each : loans)
            threads.emplace_back([&pool, &refused, &wrong, handed = std::move(each)]() mutable {
                std::atomic<bool> begun{false};
                std::thread giver([&] {
                    begun = true;
                    handed.give_back();
                });
                while (!begun) std::this_thread::yield();
                try {
                    auto mine = pool.acquire();
                    if (pool.counts().borrowed > 3) ++wrong;
                } catch (const pgrepo::pool_exhausted_error&) {
                    ++refused;
                }
                giver.join();
            });
        for (auto& each : threads) each.join();
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST_MESSAGE(refused << " refused");
    const auto now = pool.counts();
    BOOST_TEST(now.borrowed == 0U);
    BOOST_TEST(now.waiting == 0U);
}

// ---- what a borrower leaves behind

BOOST_AUTO_TEST_CASE(what_a_borrower_has_set_does_not_reach_the_next) {
    pgrepo::pool pool(server(), lasting(1));
    const int pid = pool.acquire()->backend_pid();
    const auto user = server().user;
    struct {
        std::string leave;
        const char* ask;
        const char* wanted;
    } const cases[] = {
        {"SET work_mem = '77kB'", "SELECT (current_setting('work_mem') = '77kB')::text", "false"},
        {"SELECT set_config('work_mem', '77kB', false)", "SELECT (current_setting('work_mem') = '77kB')::text",
         "false"},
        {"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SELECT current_setting('transaction_read_only')",
         "off"},
        {"SET ROLE \"" + user + "\"", "SELECT current_setting('role')", "none"},
        {"SET search_path = pg_catalog", "SELECT (current_setting('search_path') = 'pg_catalog')::text", "false"},
        {"LISTEN news", "SELECT count(*)::text FROM pg_listening_channels()", "0"},
        {"CREATE TEMP TABLE left_over (a int)", "SELECT (to_regclass('pg_temp.left_over') IS NULL)::text", "true"},
        {"SELECT 1 AS a INTO TEMPORARY left_over", "SELECT (to_regclass('pg_temp.left_over') IS NULL)::text", "true"},
        {"CREATE TABLE pg_temp.left_over (a int)", "SELECT (to_regclass('pg_temp.left_over') IS NULL)::text", "true"},
        {"SELECT pg_advisory_lock(42)",
         "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()", "0"},
        {"SELECT pg_try_advisory_lock_shared(42)",
         "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()", "0"},
        {"DECLARE left_over CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*)::text FROM pg_cursors WHERE name <> ''",
         "0"},
        {"/* SELECT */ set work_mem = '77kB'", "SELECT (current_setting('work_mem') = '77kB')::text", "false"},
        // Neither is what looks like one for the transaction only.
        {"SELECT set_config('work_mem', '77kB', not true)", "SELECT (current_setting('work_mem') = '77kB')::text",
         "false"},
    };
    for (const auto& each : cases) {
        {
            auto mine = pool.acquire();
            run(*mine, sql(each.leave, false));
        }
        auto next = pool.acquire();
        BOOST_TEST(text_of(*next, each.ask) == each.wanted, each.leave);
        BOOST_TEST(next->backend_pid() == pid, each.leave << " cost the session");
    }
    BOOST_TEST(pool.statistics().closings.all() == 0U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_undone_costs_the_session) {
    auto with = server();
    with.user = environment("PGREPO_TEST_ADMIN_USER");
    with.password = pgrepo::secret("");
    BOOST_TEST_REQUIRE(!with.user.empty());
    recorder seen;
    pgrepo::pool pool(with, lasting(1), &seen);
    for (const char* leave : {"LOAD 'auto_explain'", "PREPARE left_over AS SELECT 1"}) {
        int pid = 0;
        {
            auto mine = pool.acquire();
            pid = mine->backend_pid();
            run(*mine, leave);
        }
        BOOST_TEST(pool.acquire()->backend_pid() != pid, leave);
    }
    BOOST_TEST(pool.statistics().closings.not_reset == 2U);
    BOOST_TEST(std::ranges::count_if(seen.warnings, [](auto& each) { return each.starts_with("superuser: "); }) ==
               static_cast<std::ptrdiff_t>(pool.statistics().opened)); // whom no permission stops
}

BOOST_AUTO_TEST_CASE(only_a_session_that_was_touched_costs_a_round_trip) {
    fault_proxy proxy(the_server());
    pgrepo::pool pool(through(proxy), lasting(1));
    pool.acquire().give_back();
    const auto sent = [&] {
        std::this_thread::sleep_for(30ms); // what is under way arrives
        return proxy.counts().to_server.read;
    };
    const auto cost_of_return = [&](std::initializer_list<const char*> statements) {
        auto mine = pool.acquire();
        for (const char* each : statements) run(*mine, each);
        const auto before = sent();
        mine.give_back();
        return sent() - before;
    };
    BOOST_TEST(cost_of_return({}) == 0U);
    BOOST_TEST(cost_of_return({"SELECT 1"}) == 0U);
    BOOST_TEST(cost_of_return({"BEGIN", "SET LOCAL work_mem = '77kB'", "COMMIT"}) == 0U);
    BOOST_TEST(cost_of_return({"BEGIN", "SELECT set_config('work_mem', '77kB', true)", "COMMIT"}) == 0U);
    BOOST_TEST(cost_of_return({"BEGIN", "SELECT pg_advisory_xact_lock(1)", "COMMIT"}) == 0U);
    BOOST_TEST(cost_of_return({"SET work_mem = '77kB'"}) > 0U);
    BOOST_TEST(cost_of_return({"SELECT 1"}) == 0U); // not again
    BOOST_TEST(cost_of_return({"LISTEN news"}) > 0U);
    BOOST_TEST(pool.statistics().closings.all() == 0U);
    // Neither does taking it, so soon after.
    const auto before = sent();
    pool.acquire().give_back();
    BOOST_TEST(sent() == before);
}

BOOST_AUTO_TEST_SUITE_END()
