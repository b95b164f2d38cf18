// Named databases: which variable counts for which, and that one which cannot be leaves the others alone.

#include "support/environment.hpp"

#include <pgrepo/pgrepo.hpp>
#include <pgrepo/pq/settings.hpp>

using namespace test;
using namespace pgrepo;

namespace {

/// Variables with a value for all databases and one for analytics, and the field each fills.
struct layered {
    const char* name;
    const char* general;
    const char* own;
    std::string (*field)(const postgres_config&);
};
template <class Number> std::string text(Number value) {
    return std::to_string(value);
}
std::string yes_or_no(bool value) {
    return value ? "true" : "false";
}
const layered most_variables[] = {
    {"HOST", "/tmp", "/run", [](const postgres_config& c) { return c.host; }},
    {"PORT", "1", "2", [](const postgres_config& c) { return text(c.port); }},
    {"TARGET_SESSION_ATTRS", "any", "standby",
     [](const postgres_config& c) { return std::string(detail::target_word(c.target)); }},
    {"USER", "a", "b", [](const postgres_config& c) { return c.user; }},
    {"PASSWORD", "pa", "pb", [](const postgres_config& c) { return c.password.reveal(); }},
    {"DATABASE", "da", "db", [](const postgres_config& c) { return c.database; }},
    {"SCHEMA", "sa", "sb", [](const postgres_config& c) { return c.schema; }},
    {"APPLICATION_NAME", "na", "nb", [](const postgres_config& c) { return c.application_name; }},
    {"POOL_MAX", "11", "12", [](const postgres_config& c) { return text(c.pool_max); }},
    {"POOL_MIN", "1", "2", [](const postgres_config& c) { return text(c.pool_min); }},
    {"IDLE_TIMEOUT", "11", "12", [](const postgres_config& c) { return text(c.idle_timeout.count()); }},
    {"MAX_USES", "11", "12", [](const postgres_config& c) { return text(c.max_uses); }},
    {"MAX_LIFETIME", "11", "12", [](const postgres_config& c) { return text(c.max_lifetime.count()); }},
    {"LEAK_THRESHOLD", "11", "12", [](const postgres_config& c) { return text(c.leak_threshold.count()); }},
    {"MAX_WAITING", "11", "12", [](const postgres_config& c) { return text(c.max_waiting); }},
    {"CONNECT_CONCURRENCY", "11", "12", [](const postgres_config& c) { return text(c.connect_concurrency); }},
    {"CONNECTION_TIMEOUT", "11", "12", [](const postgres_config& c) { return text(c.connect_timeout.count()); }},
    {"ACQUIRE_TIMEOUT", "11", "12", [](const postgres_config& c) { return text(c.acquire_timeout.count()); }},
    {"CALL_TIMEOUT", "11", "12", [](const postgres_config& c) { return text(c.call_timeout.count()); }},
    {"STATEMENT_TIMEOUT", "11", "12", [](const postgres_config& c) { return text(c.statement_timeout.count()); }},
    {"LOCK_TIMEOUT", "11", "12", [](const postgres_config& c) { return text(c.lock_timeout.count()); }},
    {"STATEMENT_CACHE", "11", "12", [](const postgres_config& c) { return text(c.statement_cache); }},
    {"CHANNEL_BINDING", "prefer", "require",
     [](const postgres_config& c) {
         return std::string(c.channel_binding == channel_binding_mode::prefer ? "prefer" : "require");
     }},
    {"CANCEL_IN_CLEAR", "false", "true", [](const postgres_config& c) { return yes_or_no(c.cancel_in_clear); }},
    {"ERROR_DETAIL", "false", "true", [](const postgres_config& c) { return yes_or_no(c.error_detail); }},
    {"AMBIENT", "false", "true", [](const postgres_config& c) { return yes_or_no(c.ambient); }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(databases)

BOOST_AUTO_TEST_CASE(a_databases_own_variables_come_before_those_of_all) {
    variables env;
    for (const auto& one : most_variables) env.set(one.name, one.general);
    for (const auto& one : most_variables) env.set(std::string("ANALYTICS_") + one.name, one.own);
    const auto dbs = pgrepo::databases::from_env({"main", "analytics", "event_log2"}, "PGREPO_UNIT");
    dbs.validate();
    for (const auto& one : most_variables) {
        BOOST_TEST(one.field(dbs.config("main")) == one.general, one.name);
        BOOST_TEST(one.field(dbs.config("analytics")) == one.own, one.name);
        BOOST_TEST(one.field(dbs.config("event_log2")) == one.general, one.name);
    }
    env.set("MAIN_DATABASE", "dm").set("EVENT_LOG2_DATABASE", "de");
    const auto again = pgrepo::databases::from_env({"main", "event_log2"}, "PGREPO_UNIT");
    BOOST_TEST((again.config("main").database == "dm" && again.config("event_log2").database == "de"));
    const std::vector<std::string> names{"main", "event_log2"};
    BOOST_TEST(again.names() == names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_usual_two_are_main_and_analytics) {
    const std::vector<std::string> names{"main", "analytics"};
    BOOST_TEST(pgrepo::databases::from_env().names() == names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_leaves_the_others_alone) {
    variables env;
    env.socket().set("ANALYTICS_PORT", canary.data()).set("ANALYTICS_POOL_MAX", "").set("AUDIT_HOST", "db.example.org");
    auto dbs = pgrepo::databases::from_env({"main", "analytics", "audit"}, "PGREPO_UNIT");
    BOOST_TEST(dbs.config("main").host == "/tmp");
    const std::string analytics = complaint_of([&] { (void)dbs.get("analytics"); });
    check_says(analytics, "database analytics: ");
    check_says(analytics, "PGREPO_UNIT_ANALYTICS_PORT is not a whole number");
    check_says(analytics, "PGREPO_UNIT_ANALYTICS_POOL_MAX is set but empty"); // and the general one does not count
    BOOST_TEST(!has(analytics, "audit"));
    const std::string audit = complaint_of([&] { (void)dbs.config("audit"); });
    check_says(audit, "PGREPO_UNIT_AUDIT_PASSWORD (or PGREPO_UNIT_PASSWORD) is not set");
    const std::string all = complaint_of([&] { dbs.validate(); });
    for (const auto& part : {analytics, audit}) check_says(all, part);
    BOOST_TEST(!has(all, "database main"));
}

BOOST_AUTO_TEST_CASE(names) {
    variables env;
    env.socket();
    const auto of = [](const std::vector<std::string>& list) {
        return complaint_of([&] { (void)pgrepo::databases::from_env(list, "PGREPO_UNIT"); });
    };
    for (const char* name : {"", "Main", "1st", "_x", "a-b", "a b", "a.b", "é"})
        check_says(of({name}), "a database's name is not lower-case letters");
    check_says(of({"main", "main"}), "given twice: main");
    auto dbs = pgrepo::databases::from_env({"main", "analytics"}, "PGREPO_UNIT");
    for (const char* name : {"", "MAIN", "other", "main "})
        check_says(complaint_of([&] { (void)dbs.get(name); }), "these are: main, analytics");
}

BOOST_AUTO_TEST_CASE(configurations_of_ones_own) {
    std::vector<named_config> configs(2);
    configs[0].name = "main";
    configs[0].config = variables().socket().read();
    configs[1].name = "other";
    const pgrepo::databases dbs(std::move(configs));
    BOOST_TEST(dbs.config("main").user == "u");
    check_says(complaint_of([&] { dbs.validate(); }),
               "database other: the configuration cannot be used: user is empty");
}

BOOST_AUTO_TEST_SUITE_END()
