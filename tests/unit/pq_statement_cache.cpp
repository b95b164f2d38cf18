#include <pgrepo/pq/statement_cache.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <string>

using pgrepo::detail::name_of;
using pgrepo::detail::statement_cache;

namespace {

pgrepo::statement_ref statement(std::string_view text, pgrepo::statement_key key) {
    return {.text = text, .key = key};
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_statement_cache)

BOOST_AUTO_TEST_CASE(a_name_is_the_key_in_hexadecimal) {
    const auto name = name_of({0x0123456789abcdefULL, 0xfedcba9876543210ULL});
    BOOST_TEST(std::string(name.data()) == "pgrepo_0123456789abcdeffedcba9876543210");
}

BOOST_AUTO_TEST_CASE(finds_what_was_entered) {
    statement_cache cache(4);
    const auto one = statement("SELECT 1", {1, 1});
    BOOST_TEST(cache.find(one).found == nullptr);
    cache.enter(one, name_of(one.key));
    BOOST_TEST_REQUIRE(cache.find(one).found != nullptr);
    BOOST_TEST(cache.find(one).found->text == "SELECT 1");
    BOOST_TEST(cache.size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_text_under_the_same_key_is_a_clash) {
    statement_cache cache(4);
    const pgrepo::oid types[] = {23};
    cache.enter(statement("SELECT 1", {7, 7}), name_of({7, 7}));
    BOOST_TEST(cache.find(statement("SELECT 2", {7, 7})).clash);
    BOOST_TEST(cache.find({.text = "SELECT 1", .key = {7, 7}, .parameter_types = types}).clash);
    BOOST_TEST(!cache.find(statement("SELECT 1", {7, 7})).clash);
}

BOOST_AUTO_TEST_CASE(the_same_text_in_another_place_is_the_same_statement) { // of another shared library
    statement_cache cache(4);
    const std::string here = "SELECT 1";
    const std::string there = here;
    const pgrepo::oid types[] = {23};
    const pgrepo::oid same_types[] = {23};
    const auto one = pgrepo::statement_ref{.text = here, .key = {7, 7}, .parameter_types = types};
    cache.enter(one, name_of(one.key));
    BOOST_TEST(cache.find(one).found != nullptr);
    BOOST_TEST(cache.find({.text = there, .key = {7, 7}, .parameter_types = same_types}).found != nullptr);
    BOOST_TEST(cache.find({.text = "SELECT 2", .key = {7, 7}, .parameter_types = types}).clash);
}

BOOST_AUTO_TEST_CASE(without_capacity_it_holds_nothing) {
    statement_cache cache(0);
    BOOST_TEST(cache.find(statement("SELECT 1", {1, 1})).found == nullptr);
    cache.erase({1, 1}, true);
    BOOST_TEST(cache.leaving().empty());
}

BOOST_AUTO_TEST_CASE(evicts_what_was_not_used) {
    statement_cache cache(2);
    cache.enter(statement("a", {0, 1}), name_of({0, 1}));
    cache.enter(statement("b", {0, 2}), name_of({0, 2}));
    cache.enter(statement("c", {0, 3}), name_of({0, 3})); // all were used: the first goes, the marks are gone
    BOOST_TEST(cache.find(statement("a", {0, 1})).found == nullptr);
    BOOST_TEST(cache.find(statement("c", {0, 3})).found != nullptr);
    cache.enter(statement("d", {0, 4}), name_of({0, 4})); // c was used since, b was not
    BOOST_TEST(cache.find(statement("b", {0, 2})).found == nullptr);
    BOOST_TEST(cache.find(statement("c", {0, 3})).found != nullptr);
    BOOST_TEST(cache.size() == 2U);
    BOOST_TEST_REQUIRE(cache.leaving().size() == 2U);
    BOOST_TEST((cache.leaving()[0] == name_of({0, 1})));
    BOOST_TEST(cache.is_leaving(name_of({0, 2}), 1));
    BOOST_TEST(!cache.is_leaving(name_of({0, 2}), 2));
    cache.left(1);
    BOOST_TEST((cache.leaving()[0] == name_of({0, 2})));
}

BOOST_AUTO_TEST_CASE(clear_forgets_the_leaving_too) {
    statement_cache cache(1);
    cache.enter(statement("a", {0, 1}), name_of({0, 1}));
    cache.enter(statement("b", {0, 2}), name_of({0, 2}));
    cache.clear();
    BOOST_TEST(cache.size() == 0U);
    BOOST_TEST(cache.leaving().empty());
    BOOST_TEST(cache.find(statement("b", {0, 2})).found == nullptr);
    cache.enter(statement("b", {0, 2}), name_of({0, 2}));
    BOOST_TEST(cache.find(statement("b", {0, 2})).found != nullptr);
}

// Keys that share their home position, so that probing and the closing of gaps are all there is.
BOOST_AUTO_TEST_CASE(agrees_with_a_map) {
    std::mt19937 random(1);
    statement_cache cache(16);
    std::map<std::uint64_t, std::string> model;
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t low = (random() % 4) * 32 + random() % 3 + (random() % 2) * 1024;
        const pgrepo::statement_key key{random() % 2, low};
        const std::uint64_t id = key.high * 100000 + low;
        const std::string text = "SELECT " + std::to_string(id);
        const auto found = cache.find(statement(text, key)).found;
        BOOST_REQUIRE((found != nullptr) == (model.count(id) == 1));
        if (random() % 3 == 0) {
            cache.erase(key, false);
            model.erase(id);
        } else if (found == nullptr && model.size() < 16) {
            cache.enter(statement(text, key), name_of(key));
            model[id] = text;
        }
        BOOST_REQUIRE(cache.size() == model.size());
    }
    BOOST_TEST(cache.leaving().empty());
}

BOOST_AUTO_TEST_SUITE_END()
