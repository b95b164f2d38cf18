// The text, parameter types and identifier of every statement that a repository sends.
#include "sql/golden_statements.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using golden::statement;
using golden::statements;

BOOST_AUTO_TEST_CASE(each_statement_is_what_it_must_be) {
    for (const statement& s : statements()) {
        BOOST_TEST_CONTEXT(s.what) {
            BOOST_TEST(s.sent.text == s.text);
            BOOST_TEST(s.sent.id == s.id);
            BOOST_TEST(s.sent.types == s.types, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(each_is_ready_for_libpq) {
    for (const statement& s : statements()) {
        BOOST_TEST_CONTEXT(s.what) {
            BOOST_TEST(s.sent.terminated);
            BOOST_TEST(s.sent.prepare);
            BOOST_TEST((s.sent.key == pgrepo::make_statement_key(s.text, s.types)));
            BOOST_REQUIRE(s.sent.formats.size() == s.types.size());
            // OID 0 never travels in binary, and nothing else in text.
            for (std::size_t i = 0; i < s.types.size(); ++i) BOOST_TEST(s.sent.formats[i] == (s.types[i] == 0 ? 0 : 1));
        }
    }
}

BOOST_AUTO_TEST_CASE(different_statements_have_different_keys) {
    std::set<std::pair<std::string, std::vector<pgrepo::oid>>> contents;
    std::set<std::pair<std::uint64_t, std::uint64_t>> keys;
    for (const statement& s : statements()) {
        contents.emplace(s.sent.text, s.sent.types);
        keys.emplace(s.sent.key.high, s.sent.key.low);
    }
    BOOST_TEST(contents.size() > 70U);
    BOOST_TEST(keys.size() == contents.size());
}

namespace {

std::vector<std::optional<std::string>> values_of(std::string_view what) {
    const auto all = statements();
    const auto found = std::find_if(all.begin(), all.end(), [&](const statement& s) { return s.what == what; });
    BOOST_REQUIRE(found != all.end());
    return found->sent.values;
}

std::string big_endian(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xffU);
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(values_travel_in_the_order_of_their_placeholders) {
    using list = std::vector<std::optional<std::string>>;
    const list uuid{std::string(16, '\0')};
    BOOST_TEST((values_of("find") == uuid));
    BOOST_TEST((values_of("create") == list{"a", "b", "c"}));
    BOOST_TEST((values_of("create, with a generated column and in another order") ==
                list{"c", "b", "a", std::string(16, '\0'), std::nullopt}));
    BOOST_TEST((values_of("find, composite key") == list{big_endian(7, 8), big_endian(2, 4)}));
    BOOST_TEST((values_of("find, reordered key") == list{"attic", big_endian(3, 4)}));
    BOOST_TEST((values_of("update, both") == list{"b", "closed", std::string(16, '\0')}));
    BOOST_TEST((values_of("update, the second") == list{"closed", std::string(16, '\0')}));
    BOOST_TEST((values_of("update, a change to NULL") == list{"\1", std::nullopt, std::string(16, '\0')}));
    BOOST_TEST((values_of("update, what is always written") == list{std::string(1, '\0'), std::string(16, '\0')}));
    BOOST_TEST((values_of("update, composite key, NULL") == list{std::nullopt, big_endian(7, 8), big_endian(2, 4)}));
    BOOST_TEST((values_of("create, composite key") ==
                list{big_endian(7, 8), big_endian(2, 4), "chair", std::nullopt, big_endian(0x3ff8000000000000, 8)}));
    BOOST_TEST((values_of("or within and") == list{"a", "b", std::string(1, '\0')}));
    BOOST_TEST((values_of("in, enum") == list{R"({"active","closed"})"}));
    BOOST_TEST((values_of("find_page") == list{"active", big_endian(20, 8), big_endian(0, 8)}));
    // Without a total one row more is asked for: that it comes says that there are more.
    BOOST_TEST((values_of("find_page, uncounted") == list{"chair", big_endian(51, 8), big_endian(0, 8)}));
    BOOST_TEST((values_of("find_page, of all") == list{big_endian(50, 8), big_endian(40, 8)}));
}
