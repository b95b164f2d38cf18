#include <pgrepo/pq/server_error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace pgrepo;

BOOST_AUTO_TEST_SUITE(pq_server_error)

BOOST_AUTO_TEST_CASE(control_characters_are_escaped) {
    BOOST_TEST(detail::escaped("plain \"text\"") == "plain \"text\"");
    BOOST_TEST(detail::escaped("a\nb\x1b[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
    BOOST_TEST(detail::escaped("\xc2\x9b"
                               "31m \xc3\xa9") == "\\xc2\\x9b31m \xc3\xa9");
    BOOST_TEST(detail::escaped(std::string_view("a\0b", 3)) == "a\\x00b");
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_between_characters) {
    const std::string text = "\xc3\xa9\xc3\xa9\xc3\xa9";
    BOOST_TEST(detail::escaped(text, 3) == "\xc3\xa9\xc3\xa9…");
    BOOST_TEST(detail::escaped(text, 6) == text);
}

BOOST_AUTO_TEST_CASE(no_result_is_a_broken_session) {
    const error_details details = detail::describe(nullptr);
    BOOST_TEST((details.kind == error_kind::connection_lost));
    BOOST_TEST(details.state.empty());
}

BOOST_AUTO_TEST_CASE(every_state_has_words) {
    for (const char* code : {"22P02", "22ZZZ", "XX000", "53100", "99999", "57P01"})
        BOOST_TEST(!detail::condition(sqlstate(code)).empty(), code);
    BOOST_TEST(!detail::condition({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
