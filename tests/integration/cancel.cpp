// Calls that end before their answer: at a deadline, or because they are told to. The server stops working on them, and nobody
// else is hit.

#include "service_support.hpp"

#include <chrono>
#include <stop_token>
#include <thread>

using namespace service_test;
using namespace std::chrono_literals;
using pgrepo::call_options;
using pgrepo::deadline;
using pgrepo::error_kind;
using pgrepo::postgres_service;
using pgrepo::sql;
using pgrepo::transaction;

namespace {

struct cancel_fixture {
    database db{"CREATE TABLE notes (id integer PRIMARY KEY)"};
    recorder watcher{};
    postgres_service service{[this] {
        auto config = db.config();
        config.pool_max = 1;
        config.observer = &watcher;
        return config;
    }()};
    session look{db.name()};

    [[nodiscard]] std::string sleeping() {
        return look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                        "AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
    }
    /// Waits until the server sleeps for us, or does so no more.
    [[nodiscard]] bool sleeps(bool expected, std::chrono::seconds patience = 20s) {
        const auto until = deadline::in(patience);
        while ((sleeping() != "0") != expected) {
            if (until.passed()) return false;
            std::this_thread::sleep_for(5ms);
        }
        return true;
    }
    void check_works() { BOOST_TEST(service.select_value<std::int32_t>(sql<"SELECT 1">) == 1); }
};

constexpr auto long_sleep = sql<"SELECT pg_sleep(600)::text", "long_sleep">;

} // namespace

BOOST_AUTO_TEST_SUITE(cancel)

BOOST_FIXTURE_TEST_CASE(at_a_deadline_the_server_stops_as_well, cancel_fixture) {
    std::jthread witness;
    bool slept = false;
    witness = std::jthread([&] { slept = sleeps(true); });
    const auto failure = failure_of(
        [&] { (void)service.with({.deadline = deadline::in(1500ms)}).select_value<std::string>(long_sleep); });
    witness.join();
    BOOST_TEST(slept);
    check_kind(failure, error_kind::deadline_exceeded);
    BOOST_TEST(failure.message().find("asked to cancel") != std::string::npos);
    BOOST_TEST(sleeps(false));
    check_works();
}

BOOST_FIXTURE_TEST_CASE(a_stop_ends_a_statement_under_way, cancel_fixture) {
    std::stop_source source;
    std::jthread stopper([&] {
        if (sleeps(true)) source.request_stop();
    });
    const auto failure =
        failure_of([&] { (void)service.with({.stop = source.get_token()}).select_value<std::string>(long_sleep); });
    check_kind(failure, error_kind::cancelled);
    BOOST_TEST(failure.statement_id() == "long_sleep");
    BOOST_TEST(failure.message().find("stopped") != std::string::npos);
    BOOST_TEST(sleeps(false));
    check_works(); // and the next call is not stopped
}

BOOST_FIXTURE_TEST_CASE(a_stopped_call_sends_nothing, cancel_fixture) {
    check_works();
    (void)watcher.take_ids();
    std::stop_source source;
    source.request_stop();
    auto stopped = service.with({.stop = source.get_token()});
    const auto failure = failure_of([&] { stopped.execute(sql<"INSERT INTO notes VALUES (1)">); });
    check_kind(failure, error_kind::cancelled);
    BOOST_TEST(failure.message().find("before anything was sent") != std::string::npos);
    check_works();
    BOOST_TEST(look.run("SELECT count(*) FROM notes") == "0");
    BOOST_TEST(service.connection_info().pool_size == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_that_nobody_makes_costs_nothing_but_itself, cancel_fixture) {
    std::stop_source source;
    auto careful = service.with({.stop = source.get_token()});
    for (int i = 0; i < 10; ++i) BOOST_TEST(careful.select_value<std::int32_t>(sql<"SELECT 1">) == 1);
    source.request_stop();
    check_works();
}

BOOST_FIXTURE_TEST_CASE(a_stop_ends_the_wait_for_a_session, cancel_fixture) {
    std::stop_source source;
    std::stop_source end_of_holder;
    std::jthread holder([&] {
        (void)failure_of(
            [&] { (void)service.with({.stop = end_of_holder.get_token()}).select_value<std::string>(long_sleep); });
    });
    BOOST_TEST(sleeps(true));
    std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        source.request_stop();
    });
    const auto failure = failure_of(
        [&] { (void)service.with({.stop = source.get_token()}).select_value<std::int32_t>(sql<"SELECT 1">); });
    check_kind(failure, error_kind::cancelled);
    BOOST_TEST(failure.message().find("waited for a connection") != std::string::npos);
    end_of_holder.request_stop();
    holder.join();
    check_works();
}

BOOST_FIXTURE_TEST_CASE(limits_of_a_transaction_hold_for_each_of_its_statements, cancel_fixture) {
    std::stop_source source;
    std::jthread stopper([&] {
        if (sleeps(true)) source.request_stop();
    });
    const call_options stoppable{.stop = source.get_token()};
    const auto stopped = failure_of([&] {
        service.with_transaction({.limits = &stoppable}, [&](transaction& tx) {
            tx.execute(sql<"INSERT INTO notes VALUES (1)">);
            (void)tx.select_value<std::string>(long_sleep);
        });
    });
    check_kind(stopped, error_kind::cancelled);
    const call_options hasty{.deadline = deadline::in(700ms)};
    const auto late = failure_of([&] {
        service.with_transaction({.limits = &hasty}, [&](transaction& tx) {
            tx.execute(sql<"INSERT INTO notes VALUES (2)">);
            (void)tx.select_value<std::string>(long_sleep);
        });
    });
    check_kind(late, error_kind::deadline_exceeded);
    BOOST_TEST(sleeps(false));
    check_works();
    BOOST_TEST(look.run("SELECT count(*) FROM notes") == "0");
}

BOOST_AUTO_TEST_SUITE_END()
