// Many threads on few sessions, which are killed under them: no call hangs, no answer goes to the wrong caller, nothing is
// lost count of, and nothing is left on the server.

#include "../integration/service_support.hpp"

#include <pgrepo/pgrepo.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using service_test::environment;

pgrepo::postgres_config config_of(const char* application, std::uint32_t sessions) {
    auto config = pgrepo::postgres_config::from_env();
    config.application_name = application;
    config.pool_max = sessions;
    return config;
}

/// Sessions of that application, once those that were told to go have gone.
std::int64_t sessions_left(const std::string& application, std::int64_t wanted) {
    service_test::session onlooker;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
        const auto left = std::stoll(
            onlooker.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + application + "'"));
        if (left == wanted || std::chrono::steady_clock::now() > give_up) return left;
        std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
}

/// A call may fail only because its session was killed, or because a session could not be had in time.
bool is_excused(const pgrepo::error& failure) {
    switch (failure.kind()) {
    case pgrepo::error_kind::connection_lost:
    case pgrepo::error_kind::commit_unknown:
    case pgrepo::error_kind::transaction_aborted:
    case pgrepo::error_kind::pool_exhausted:
    case pgrepo::error_kind::deadline_exceeded:
    case pgrepo::error_kind::connect_failed:
        return true;
    default:
        return false;
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(each_caller_gets_its_own_answer) {
    constexpr int threads = 32;
    constexpr int calls = 150;
    std::atomic<int> wrong{0};
    std::atomic<int> failed{0};
    {
        pgrepo::postgres_service db{config_of("stress_answers", 4)};
        std::vector<std::thread> workers;
        for (int t = 0; t < threads; ++t)
            workers.emplace_back([&, t] {
                for (int i = 0; i < calls; ++i) {
                    const std::int64_t token = std::int64_t{t} * 1000000 + i;
                    try {
                        if (db.select_value<std::int64_t>(pgrepo::sql<"SELECT $1">, token) != token) ++wrong;
                        if (i % 10 == 0)
                            db.with_transaction([&](pgrepo::transaction& tx) {
                                if (tx.select_value<std::int64_t>(pgrepo::sql<"SELECT $1 + 1">, token) != token + 1)
                                    ++wrong;
                            });
                    } catch (const pgrepo::error& failure) {
                        ++failed;
                    }
                }
            });
        for (auto& worker : workers) worker.join();
        const auto info = db.connection_info();
        BOOST_TEST(info.pool_size >= 1U);
        BOOST_TEST(info.pool_size <= 4U);
        BOOST_TEST(sessions_left("stress_answers", info.pool_size) == info.pool_size);
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST(failed == 0);
    BOOST_TEST(sessions_left("stress_answers", 0) == 0);
}

BOOST_AUTO_TEST_CASE(sessions_are_killed_under_their_users) {
    constexpr int threads = 16;
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::atomic<int> unexcused{0};
    std::atomic<int> succeeded{0};
    std::atomic<int> excused{0};
    std::atomic<int> told{0};
    int killed = 0;
    {
        pgrepo::postgres_service db{config_of("stress_kills", 4)};
        std::vector<std::thread> workers;
        for (int t = 0; t < threads; ++t)
            workers.emplace_back([&, t] {
                std::mt19937 random(static_cast<unsigned>(t));
                std::int64_t token = std::int64_t{t} * 1000000;
                while (!stop) {
                    ++token;
                    try {
                        std::int64_t got = token;
                        if (random() % 3 == 0)
                            got = db.with_transaction([&](pgrepo::transaction& tx) {
                                return tx.select_value<std::int64_t>(pgrepo::sql<"SELECT $1", "in transaction">, token);
                            });
                        else
                            got = db.with({.deadline = pgrepo::deadline::in(std::chrono::seconds(20))})
                                      .select_value<std::int64_t>(pgrepo::sql<"SELECT $1", "alone">, token);
                        if (got != token) ++wrong;
                        ++succeeded;
                    } catch (const pgrepo::error& failure) {
                        if (failure.kind() == pgrepo::error_kind::connect_failed) {
                            ++told;
                            std::this_thread::sleep_for(std::chrono::milliseconds(10));
                            continue;
                        }
                        ++(is_excused(failure) ? excused : unexcused);
                        if (!is_excused(failure)) BOOST_TEST_MESSAGE(failure.what());
                    }
                }
            });
        service_test::session killer;
        while (killed < 40) {
            const int before = succeeded;
            killed +=
                std::stoi(killer.run("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
                                     "WHERE application_name = 'stress_kills' ORDER BY random() LIMIT 1) AS victim"));
            // the pool must recover before the next: a stalled one would hang here, and the test's timeout ends it
            while (succeeded < before + 20) std::this_thread::sleep_for(std::chrono::microseconds(500));
        }
        stop = true;
        for (auto& worker : workers) worker.join();
        BOOST_TEST(db.is_connected());
        BOOST_TEST(db.connection_info().pool_size <= 4U);
        // One that is killed while it is opened may look like an outage, and all are told, for a moment.
        BOOST_TEST((told == 0 || db.pool().statistics().open_failures != 0U));
    }
    BOOST_TEST(killed >= 40);
    BOOST_TEST(wrong == 0);
    BOOST_TEST(unexcused == 0);
    BOOST_TEST(excused <= killed * 2); // a kill costs the call that held the session, and not its neighbours
    BOOST_TEST(sessions_left("stress_kills", 0) == 0);
}

BOOST_AUTO_TEST_CASE(closing_under_load_ends_every_call) {
    std::atomic<int> unexcused{0};
    std::atomic<int> closed{0};
    std::atomic<int> started{0};
    {
        pgrepo::postgres_service db{config_of("stress_close", 3)};
        std::vector<std::thread> workers;
        for (int t = 0; t < 16; ++t)
            workers.emplace_back([&] {
                for (;;) {
                    try {
                        ++started;
                        db.select_value<std::int32_t>(pgrepo::sql<"SELECT 1">);
                    } catch (const pgrepo::error& failure) {
                        ++(failure.kind() == pgrepo::error_kind::closed ? closed : unexcused);
                        return;
                    }
                }
            });
        service_test::wait_for("calls", [&] { return started >= 200; });
        db.close();
        for (auto& worker : workers) worker.join();
        BOOST_TEST(sessions_left("stress_close", 0) == 0); // before the service itself is gone
    }
    BOOST_TEST(closed == 16);
    BOOST_TEST(unexcused == 0);
}
