// What a session starts with: schema and limits, without a statement of ours. Behind a pooler: faults.F52.

#include "service_support.hpp"

using namespace service_test;
using pgrepo::postgres_service;
using pgrepo::sql;

namespace {

std::string show(postgres_service& service, const char* name) {
    return service.select_value<std::string>(sql<"SELECT current_setting($1)">, name);
}

constexpr const char* two_schemas =
    "CREATE SCHEMA \"My \"\"App\\\";"
    "CREATE TABLE \"My \"\"App\\\".notes (id integer); CREATE TABLE public.notes (id integer);"
    "INSERT INTO \"My \"\"App\\\".notes VALUES (1); INSERT INTO public.notes VALUES (2)";

} // namespace

BOOST_AUTO_TEST_SUITE(session_settings)

BOOST_AUTO_TEST_CASE(the_schema_pins_the_search_path) {
    database db(two_schemas);
    const auto first = [&](const char* schema) {
        auto config = db.config();
        config.schema = schema;
        postgres_service service(config);
        return service.select_value<std::int32_t>(sql<"SELECT id FROM notes">);
    };
    BOOST_TEST(first("My \"App\\") == 1);
    BOOST_TEST(first("public") == 2);

    // a schema that is named after the user, or that the role prefers, is not looked into
    db.root().run("ALTER DATABASE " + db.name() + " SET search_path = \"My \"\"App\\\"");
    BOOST_TEST(first("public") == 2);
    BOOST_TEST(first("") == 1); // left to the server

    postgres_service service(db.config());
    BOOST_TEST(service.select_value<std::string>(sql<"SELECT current_schemas(false)::text">) == "{public}");
    service.execute(pgrepo::unsafe_sql("SET search_path = \"My \"\"App\\\""));
    service.execute(pgrepo::unsafe_sql("RESET search_path"));
    BOOST_TEST(show(service, "search_path") == "\"public\"");
}

BOOST_AUTO_TEST_CASE(a_schema_is_never_an_option) {
    database db;
    auto config = db.config();
    config.schema = "x -c default_transaction_read_only=on";
    postgres_service service(config);
    BOOST_TEST(show(service, "search_path") == "\"x -c default_transaction_read_only=on\"");
    BOOST_TEST(show(service, "default_transaction_read_only") == "off");
}

BOOST_AUTO_TEST_CASE(limits_hold_for_every_session) {
    database db("CREATE TABLE notes (id integer)");
    auto config = db.config();
    config.statement_timeout = 200ms;
    config.lock_timeout = 100ms;
    recorder watcher;
    config.observer = &watcher;
    postgres_service service(config);
    BOOST_TEST(watcher.take_ids() == std::vector<std::string>{"connect"}, boost::test_tools::per_element());
    BOOST_TEST(show(service, "statement_timeout") == "200ms");
    check_kind(failure_of([&] { service.execute(sql<"SELECT pg_sleep(30)">); }), error_kind::statement_timeout);
    session other(db.name());
    other.run("BEGIN; LOCK TABLE notes");
    check_kind(failure_of([&] { service.execute(sql<"SELECT id FROM notes">); }), error_kind::lock_timeout);
    other.run("ROLLBACK");
    service.with_transaction([&](pgrepo::transaction& tx) { // and for the second
        tx.execute(sql<"SELECT 1">);
        BOOST_TEST(show(service, "lock_timeout") == "100ms");
    });
}

BOOST_AUTO_TEST_CASE(no_limit_of_ours_leaves_the_roles_own) {
    database db;
    db.root().run("ALTER DATABASE " + db.name() + " SET statement_timeout = '7s'");
    postgres_service service(db.config());
    BOOST_TEST(show(service, "statement_timeout") == "7s");
    BOOST_TEST(show(service, "lock_timeout") == "0");
}

BOOST_AUTO_TEST_SUITE_END()
