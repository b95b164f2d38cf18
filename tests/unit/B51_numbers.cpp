// B51: timeouts and sizes are whole numbers in their range; no unit, no sign, no space, no exponent.

#include "support/environment.hpp"

using namespace test;
using pgrepo::postgres_config;
using std::chrono::milliseconds;

namespace {

struct number_variable {
    const char* name;
    long long lowest, highest, standard;
    long long (*field)(const postgres_config&);
};

constexpr long long most = 2147483647;
#define PGREPO_SPAN(member) [](const postgres_config& c) -> long long { return c.member.count(); }
#define PGREPO_COUNT(member) [](const postgres_config& c) -> long long { return c.member; }
const number_variable numbers[] = {
    {"POOL_MAX", 1, 10000, 10, PGREPO_COUNT(pool_max)},
    {"POOL_MIN", 0, 10, 0, PGREPO_COUNT(pool_min)}, // at most the maximum
    {"IDLE_TIMEOUT", 0, most, 30000, PGREPO_SPAN(idle_timeout)},
    {"CONNECTION_TIMEOUT", 1, most, 2000, PGREPO_SPAN(connect_timeout)},
    {"ACQUIRE_TIMEOUT", 1, most, 60000, PGREPO_SPAN(acquire_timeout)},
    {"CALL_TIMEOUT", 1, most, 60000, PGREPO_SPAN(call_timeout)},
    {"MAX_USES", 0, most, 7500, PGREPO_COUNT(max_uses)},
    {"MAX_LIFETIME", 0, most, 1800000, PGREPO_SPAN(max_lifetime)},
    {"LEAK_THRESHOLD", 0, most, 30000, PGREPO_SPAN(leak_threshold)},
    {"MAX_WAITING", 0, most, 10000, PGREPO_COUNT(max_waiting)},
    {"CONNECT_CONCURRENCY", 1, 64, 2, PGREPO_COUNT(connect_concurrency)},
    {"STATEMENT_TIMEOUT", 0, most, 0, PGREPO_SPAN(statement_timeout)},
    {"LOCK_TIMEOUT", 0, most, 0, PGREPO_SPAN(lock_timeout)},
    {"STATEMENT_CACHE", 0, 65535, 256, PGREPO_COUNT(statement_cache)},
};

} // namespace

BOOST_AUTO_TEST_SUITE(B51)

BOOST_AUTO_TEST_CASE(defaults_and_ends_of_ranges) {
    const auto standard = variables().socket().read();
    for (const auto& one : numbers) {
        BOOST_TEST(one.field(standard) == one.standard, one.name);
        for (const long long value : {one.lowest, one.highest})
            BOOST_TEST(one.field(config_with(one.name, std::to_string(value))) == value, one.name);
        for (const long long value : {one.lowest - 1, one.highest + 1})
            check_says(complaint_with(one.name, std::to_string(value)),
                       std::string("PGREPO_UNIT_") + one.name + " is ");
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_number_is_refused_by_its_variable) {
    for (const auto& one : numbers) {
        for (const char* value : {"abc", "-1", "1e9", "5s", "5000ms", " 5", "5 ", "+5", "5.0", "0x5",
                                  "99999999999999999999", "1_000", "TRUE", "\t", "ten"})
            check_says(complaint_with(one.name, value),
                       std::string("PGREPO_UNIT_") + one.name + " is not a whole number");
        check_says(complaint_with(one.name, ""), std::string("PGREPO_UNIT_") + one.name + " is set but empty");
    }
}

BOOST_AUTO_TEST_CASE(all_of_them_at_once) {
    variables env;
    for (const auto& one : numbers) env.set(one.name, canary.data());
    const std::string all = env.complaint();
    for (const auto& one : numbers) check_says(all, std::string("PGREPO_UNIT_") + one.name + " is not a whole number");
    for (const char* name : {"HOST", "USER", "PASSWORD", "DATABASE"})
        check_says(all, std::string("PGREPO_UNIT_") + name + " is not set");
    BOOST_TEST(!has(all, "PORT"));
}

BOOST_AUTO_TEST_CASE(the_minimum_is_not_more_than_the_maximum) {
    const auto with = [](const char* least, const char* most_of_them) {
        variables env;
        return env.socket().set("POOL_MIN", least).set("POOL_MAX", most_of_them).complaint();
    };
    BOOST_TEST(with("3", "3") == "");
    check_says(with("4", "3"), "PGREPO_UNIT_POOL_MIN is more than the pool's maximum, 3");
    check_says(complaint_with("POOL_MIN", "11"), "PGREPO_UNIT_POOL_MIN is more than the pool's maximum, 10");
    // a maximum that was not understood is the one problem
    const std::string one = with("50", "many");
    check_says(one, "POOL_MAX is not a whole number");
    BOOST_TEST(!has(one, "POOL_MIN"), one);
    postgres_config config = variables().socket().read();
    config.pool_min = 11;
    check_says(complaint_of([&] { config.validate(); }), "pool_min is more than the pool's maximum, 10");
}

BOOST_AUTO_TEST_CASE(fields_are_held_to_the_same_ranges) {
    postgres_config config = variables().socket().read();
    config.validate();
    config.connect_timeout = config.acquire_timeout = config.call_timeout = milliseconds(0);
    config.idle_timeout = config.max_lifetime = config.leak_threshold = milliseconds(-1);
    config.statement_timeout = config.lock_timeout = milliseconds(most + 1);
    const std::string all = complaint_of([&] { config.validate(); });
    for (const char* field : {"connect_timeout", "acquire_timeout", "call_timeout"})
        check_says(all, std::string(field) + " is not from 1 to 2147483647 ms");
    for (const char* field : {"idle_timeout", "max_lifetime", "leak_threshold", "statement_timeout", "lock_timeout"})
        check_says(all, std::string(field) + " is not from 0 to 2147483647 ms");
}

BOOST_AUTO_TEST_CASE(what_the_pool_is_given) {
    variables env;
    env.socket().set("POOL_MAX", "7").set("POOL_MIN", "2").set("IDLE_TIMEOUT", "11").set("ACQUIRE_TIMEOUT", "12");
    env.set("MAX_USES", "13").set("MAX_LIFETIME", "14").set("LEAK_THRESHOLD", "15");
    const auto pool = env.read().pool();
    BOOST_TEST((pool.max == 7 && pool.min == 2 && pool.idle_timeout == milliseconds(11)));
    BOOST_TEST((pool.acquire_timeout == milliseconds(12) && pool.max_uses == 13));
    BOOST_TEST((pool.max_lifetime == milliseconds(14) && pool.leak_threshold == milliseconds(15)));
}

BOOST_AUTO_TEST_SUITE_END()
