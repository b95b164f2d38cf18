// Sessions that two use at once: a cancel that arrives late (F48), two threads (F36).

#include "support/bench.hpp"

#include <chrono>
#include <random>
#include <stop_token>
#include <thread>

using namespace faults;
using pgrepo::error_kind;
using pgrepo::sql;

namespace {

/// A pool of one session, and a look at the server.
struct single {
    database db{notes_schema};
    postgres_service service{[this] {
        auto config = db.config();
        config.pool_max = 1;
        return config;
    }()};
    session look{db.name()};

    void wait_until_it_sleeps() {
        wait_for("the server to sleep", [this] {
            return look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()") != "0";
        });
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(F36)

BOOST_FIXTURE_TEST_CASE(a_second_thread_is_refused_and_the_first_gets_its_answer, single) {
    service.with_transaction([&](pgrepo::transaction& tx) {
        std::string first;
        std::jthread other([&] { first = tx.select_value<std::string>(sql<"SELECT 'mine' || pg_sleep(0.5) AS t">); });
        wait_until_it_sleeps(); // the fault: two are in it
        const auto refused = failure_of([&] { (void)tx.select_value<std::int32_t>(sql<"SELECT 2 AS n">); });
        check_kind(refused, error_kind::usage);
        check_says(refused, "two threads");
        other.join();
        BOOST_TEST(first == "mine");
        BOOST_TEST(tx.select_value<std::int32_t>(sql<"SELECT 3 AS n">) == 3); // one after the other is fine
    });
}

BOOST_FIXTURE_TEST_CASE(a_session_that_threw_is_free_again, single) {
    service.with_transaction([&](pgrepo::transaction& tx) {
        tx.execute(sql<"SAVEPOINT before">);
        check_kind(failure_of([&] { (void)tx.select_value<std::int32_t>(sql<"SELECT 1 / 0 AS n">); }),
                   error_kind::data);
        tx.execute(sql<"ROLLBACK TO before">);
        BOOST_TEST(tx.select_value<std::int32_t>(sql<"SELECT 4 AS n">) == 4);
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(F48)

// A cancel travels on a link of its own and may arrive when the statement has ended: then it must hit nobody. A thousand times,
// the stop falls around the end of a short statement, and the next statement of a pool of one must run.
BOOST_FIXTURE_TEST_CASE(a_cancel_never_hits_the_next_statement, single) {
    constexpr auto brief = sql<"SELECT pg_sleep(0.002)::text", "brief">;
    std::mt19937 random(20261128);
    std::uniform_int_distribution<int> microseconds(0, 4000);
    int ended = 0;
    int stopped = 0;
    for (int i = 0; i < 1000; ++i) {
        std::stop_source source;
        std::jthread stopper([&, wait = std::chrono::microseconds(microseconds(random))] {
            std::this_thread::sleep_for(wait);
            source.request_stop();
        });
        try {
            (void)service.with({.stop = source.get_token()}).select_value<std::string>(brief);
            ++ended;
        } catch (const pgrepo::error& failure) {
            BOOST_REQUIRE(failure.kind() == error_kind::cancelled);
            ++stopped;
        }
        // long enough for a cancel that is on its way to arrive
        BOOST_REQUIRE(service.select_value<std::string>(sql<"SELECT pg_sleep(0.001)::text", "next">).empty());
    }
    BOOST_TEST(ended > 0);
    BOOST_TEST(stopped > 0);
}

BOOST_AUTO_TEST_SUITE_END()
