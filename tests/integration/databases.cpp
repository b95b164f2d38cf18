// Named databases on a server: each with a pool of its own, and none takes another down.

#include "service_support.hpp"

using namespace service_test;
using pgrepo::databases;
using pgrepo::named_config;
using pgrepo::sql;

namespace {

databases two(const pgrepo::postgres_config& main, const pgrepo::postgres_config& analytics) {
    std::vector<named_config> configs(2);
    configs[0] = {"main", main};
    configs[1] = {"analytics", analytics};
    return databases(std::move(configs));
}

std::string where_is(pgrepo::postgres_service& service) {
    return service.select_value<std::string>(sql<"SELECT current_database()::text">);
}

} // namespace

BOOST_AUTO_TEST_SUITE(named_databases)

BOOST_AUTO_TEST_CASE(each_is_opened_when_it_is_asked_for) {
    database first, second;
    auto dbs = two(first.config(), second.config());
    BOOST_TEST((first.sessions() == 0 && second.sessions() == 0));
    BOOST_TEST(where_is(dbs.get("main")) == first.name());
    BOOST_TEST((first.sessions() == 1 && second.sessions() == 0));
    BOOST_TEST(where_is(dbs.get("analytics")) == second.name());
    BOOST_TEST(&dbs.get("main") == &dbs.get("main"));
}

BOOST_AUTO_TEST_CASE(one_that_fails_does_not_take_the_other_down_and_is_tried_again) {
    database first;
    auto missing = first.config();
    missing.database = first.name() + "_later";
    auto dbs = two(first.config(), missing);
    for (int i = 0; i < 2; ++i) {
        const unsigned line = __LINE__ + 1;
        const auto failure = failure_of([&] { (void)dbs.get("analytics"); });
        check_kind(failure, error_kind::connect_failed);
        BOOST_TEST(failure.sqlstate().code() == "3D000");
        BOOST_TEST(failure.where().line() == line);
        check_says(failure, "database analytics: ");
        BOOST_TEST(where_is(dbs.get("main")) == first.name());
    }
    first.root().run("CREATE DATABASE " + missing.database);
    BOOST_TEST(where_is(dbs.get("analytics")) == missing.database);
    // dropped under its sessions: it fails, the other does not
    first.root().run("DROP DATABASE " + missing.database + " WITH (FORCE)");
    check_kind(failure_of([&] { (void)where_is(dbs.get("analytics")); }), error_kind::connect_failed);
    BOOST_TEST(where_is(dbs.get("main")) == first.name());
}

BOOST_AUTO_TEST_CASE(close_all_ends_them_for_good) {
    database first, second;
    auto dbs = two(first.config(), second.config());
    auto& kept = dbs.get("main");
    BOOST_TEST(where_is(kept) == first.name());
    dbs.close_all();
    dbs.close_all();
    first.wait_for_sessions(0);
    check_kind(failure_of([&] { (void)where_is(kept); }), error_kind::closed); // it is still there, and closed
    for (const char* name : {"main", "analytics"})
        check_kind(failure_of([&] { (void)dbs.get(name); }), error_kind::closed);
    BOOST_TEST(second.sessions() == 0);
}

BOOST_AUTO_TEST_CASE(many_threads_get_one_service) {
    database first;
    auto dbs = two(first.config(), first.config());
    std::vector<pgrepo::postgres_service*> got(8, nullptr);
    std::vector<std::thread> threads;
    for (auto& one : got) threads.emplace_back([&] { one = &dbs.get("main"); });
    for (auto& thread : threads) thread.join();
    for (const auto* one : got) BOOST_TEST(one == got.front());
    BOOST_TEST(first.sessions() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
