#include "pq_pool_support.hpp"

#include <pgrepo/pq/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using namespace pq_test;
using pgrepo::deadline;
using pgrepo::error_kind;

namespace {

std::chrono::milliseconds since(deadline::clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline::clock::now() - start);
}

pgrepo::pool_options limits(std::uint32_t max, std::chrono::milliseconds patience = 10s) {
    return {.max = max, .acquire_timeout = patience};
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_pool)

BOOST_AUTO_TEST_CASE(sessions_are_reused_last_in_first_out) {
    pgrepo::pool pool(server(), limits(3));
    BOOST_TEST(pool.counts().total == 0U);
    int first = 0, second = 0;
    {
        auto one = pool.acquire();
        auto two = pool.acquire();
        first = one->backend_pid();
        second = two->backend_pid();
        BOOST_TEST(first != second);
        BOOST_TEST(pool.counts().borrowed == 2U);
        BOOST_TEST(pool.counts().idle == 0U);
        two.give_back();
        two.give_back();
        BOOST_TEST(!two);
        BOOST_TEST(pool.counts().idle == 1U);
    } // one goes back last
    BOOST_TEST(pool.counts().idle == 2U);
    BOOST_TEST(pool.acquire()->backend_pid() == first);
    auto moved = pool.acquire();
    auto target = pool.acquire();
    BOOST_TEST(target->backend_pid() == second);
    target = std::move(moved);
    BOOST_TEST(target->backend_pid() == first);
    BOOST_TEST(pool.counts().borrowed == 1U);
    BOOST_TEST(pool.counts().total == 2U);
}

BOOST_AUTO_TEST_CASE(no_places_is_a_configuration_error) {
    check_kind(failure([] { pgrepo::pool none(server(), limits(0)); }), error_kind::configuration);
}

BOOST_AUTO_TEST_CASE(running_out_names_the_holder) {
    pgrepo::pool pool(server(), limits(1, 80ms));
    open_first(pool);
    auto held = pool.acquire();
    const auto line = std::to_string(__LINE__ - 1);
    const auto start = deadline::clock::now();
    auto caught = failure_elsewhere([&] { (void)pool.acquire(); });
    BOOST_TEST(since(start).count() >= 80);
    BOOST_TEST(since(start).count() < 5000);
    check_kind(caught, error_kind::pool_exhausted);
    BOOST_TEST(has(caught.what(), "max 1, all borrowed; waited "), caught.what());
    BOOST_TEST(has(caught.what(), "pq_pool.cpp:" + line), caught.what());
    BOOST_TEST(caught.where().line() != 0U);
    caught = failure_elsewhere([&] { (void)pool.acquire(deadline::in(20ms)); });
    check_kind(caught, error_kind::deadline_exceeded);
    BOOST_TEST(pool.counts().waiting == 0U);
    held.give_back();
    BOOST_TEST(bool(pool.acquire()));
}

BOOST_AUTO_TEST_CASE(a_session_in_a_transaction_does_not_come_back) {
    recorder seen;
    pgrepo::pool pool(server(), limits(1), &seen);
    int pid = 0;
    {
        auto one = pool.acquire();
        pid = one->backend_pid();
        run(*one, "BEGIN");
    }
    const auto line = std::to_string(__LINE__ - 4);
    BOOST_TEST(pool.counts().total == 0U);
    BOOST_TEST_REQUIRE(seen.warnings.size() == 1U);
    BOOST_TEST(has(seen.warnings[0], "returned_busy"));
    BOOST_TEST(has(seen.warnings[0], "pq_pool.cpp:" + line), seen.warnings[0]);
    BOOST_TEST(pool.acquire()->backend_pid() != pid);
    BOOST_TEST((seen.sessions == std::vector<std::string>{"opened", "not idle", "opened"}));
}

BOOST_AUTO_TEST_CASE(a_broken_session_is_dropped) {
    recorder seen;
    pgrepo::pool pool(server(), limits(1), &seen);
    int pid = 0;
    {
        auto one = pool.acquire();
        pid = one->backend_pid();
        check_kind(failure([&] { run(*one, "SELECT pg_sleep(5)", deadline::in(50ms)); }),
                   error_kind::deadline_exceeded);
    }
    BOOST_TEST(pool.counts().total == 0U);
    BOOST_TEST(seen.warnings.empty());
    BOOST_TEST(pool.acquire()->backend_pid() != pid);
}

BOOST_AUTO_TEST_CASE(a_session_killed_while_idle_is_replaced_unseen) {
    recorder seen;
    pgrepo::pool pool(server(), limits(2), &seen);
    int pids[2]{};
    {
        auto one = pool.acquire();
        auto two = pool.acquire();
        pids[0] = one->backend_pid();
        pids[1] = two->backend_pid();
    }
    kill_backend(pids[0]);
    kill_backend(pids[1]);
    std::this_thread::sleep_for(60ms);
    auto three = pool.acquire();
    BOOST_TEST(integer(run(*three, "SELECT 1")) == 1);
    BOOST_TEST(pool.counts().total == 1U);
    BOOST_TEST(seen.failures.empty());
}

BOOST_AUTO_TEST_CASE(a_failed_opening_frees_its_place_and_wakes_a_waiter) {
    auto with = server();
    with.database = "no_such_database";
    pgrepo::pool pool(with, limits(1));
    std::vector<std::thread> threads;
    std::atomic<int> failed = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto caught = failure([&] { (void)pool.acquire(); });
            if (caught.kind() == error_kind::connect_failed) ++failed;
        });
    const auto start = deadline::clock::now();
    for (auto& thread : threads) thread.join();
    BOOST_TEST(failed == 4);
    BOOST_TEST(since(start).count() < 5000); // nobody waited out the 10 s
    BOOST_TEST(pool.counts().total == 0U);
}

BOOST_AUTO_TEST_CASE(a_waiter_is_served_when_a_session_comes_back) {
    pgrepo::pool pool(server(), limits(1));
    auto held = std::optional(pool.acquire());
    std::atomic<bool> served = false;
    std::thread waiter([&] {
        auto mine = pool.acquire();
        served = integer(run(*mine, "SELECT 1")) == 1;
    });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 1; }));
    const auto start = deadline::clock::now();
    held.reset();
    waiter.join();
    BOOST_TEST(since(start).count() < 8000); // told, and not at the end of its patience
    BOOST_TEST(served);
}

// Also when the session that came back cannot be used: its place is free.
BOOST_AUTO_TEST_CASE(a_waiter_is_served_when_a_place_comes_free) {
    pgrepo::pool pool(server(), limits(1));
    auto held = std::optional(pool.acquire());
    std::atomic<bool> served = false;
    std::thread waiter([&] {
        auto mine = pool.acquire();
        served = integer(run(*mine, "SELECT 1")) == 1;
    });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 1; }));
    (*held)->close();
    held.reset();
    waiter.join();
    BOOST_TEST(served);
}

BOOST_AUTO_TEST_CASE(a_waiter_of_50_ms_is_not_passed_over) {
    pgrepo::pool pool(server(), limits(1));
    auto held = pool.acquire();
    std::atomic<bool> over = false;
    std::thread waiter([&] {
        auto mine = pool.acquire();
        while (!over) std::this_thread::sleep_for(1ms);
    });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 1; }));
    std::this_thread::sleep_for(60ms);
    // Giving back and taking again at once is faster than any thread can wake up.
    held.give_back();
    check_kind(failure_elsewhere([&] { (void)pool.acquire(deadline::in(0ms)); }), error_kind::deadline_exceeded);
    over = true;
    waiter.join();
}

BOOST_AUTO_TEST_CASE(close_ends_everything) {
    recorder seen;
    pgrepo::pool pool(server(), limits(2), &seen);
    auto held = pool.acquire();
    pool.acquire().give_back();
    auto second = pool.acquire();
    BOOST_TEST(pool.counts().total == 2U);
    std::atomic<bool> told = false;
    std::thread waiter([&] { told = failure([&] { (void)pool.acquire(); }).kind() == error_kind::closed; });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 1; }));
    second.give_back();
    waiter.join(); // it got the session and gave it back
    waiter = std::thread([&] {
        told = failure([&] {
                   auto one = pool.acquire();
                   auto two = pool.acquire();
               }).kind() == error_kind::closed;
    });
    BOOST_TEST(soon([&] { return pool.counts().waiting == 1; }));
    pool.close();
    pool.close();
    waiter.join();
    BOOST_TEST(told);
    BOOST_TEST(pool.is_closed());
    check_kind(failure([&] { (void)pool.acquire(); }), error_kind::closed);
    BOOST_TEST(integer(run(*held, "SELECT 1")) == 1); // a borrowed one finishes its work
    held.give_back();
    BOOST_TEST(pool.counts().total == 0U);
    // of threads that had one and waited for another
    for (const auto& warning : seen.warnings) BOOST_TEST(has(warning, "nested_acquire"), warning);
}

BOOST_AUTO_TEST_CASE(a_loan_may_outlive_its_pool) {
    std::optional<pgrepo::pool> pool(std::in_place, server(), limits(1));
    auto held = pool->acquire();
    pool.reset();
    BOOST_TEST(integer(run(*held, "SELECT 1")) == 1);
    held.give_back();
}

BOOST_AUTO_TEST_CASE(many_threads_on_few_sessions) {
    pgrepo::pool pool(server(), limits(2, 30s));
    std::atomic<int> wrong = 0, done = 0, gave_up = 0;
    std::atomic<int> inside = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 250; ++i) {
                try {
                    // some are in a hurry, so that deadlines and returns meet
                    auto mine = pool.acquire(i % 7 == 0 ? deadline::in(std::chrono::microseconds(200 * (t + 1)))
                                                        : deadline::never());
                    if (++inside > 2) ++wrong;
                    const int n = t * 1000 + i;
                    if (integer(run(*mine, sql("SELECT $1 + 0").int4(n))) != n) ++wrong;
                    if (i % 50 == 49) mine->close();
                    --inside;
                    ++done;
                } catch (const pgrepo::error& caught) {
                    if (caught.kind() != error_kind::deadline_exceeded) ++wrong;
                    ++gave_up;
                }
            }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(done + gave_up == 2000);
    const auto after = pool.counts();
    BOOST_TEST(after.borrowed == 0U);
    BOOST_TEST(after.waiting == 0U);
    BOOST_TEST(after.total == after.idle);
}

BOOST_AUTO_TEST_SUITE_END()
