// B49: what goes into the start-up packet's options is made here, word by word: no value becomes another option.

#include "support/environment.hpp"
#include "support/libpq_keywords.hpp"

using namespace test;
using namespace pgrepo;

namespace {

std::string options_with_schema(std::string schema) {
    connection_options with;
    with.schema = std::move(schema);
    return detail::session_options(with);
}

} // namespace

BOOST_AUTO_TEST_SUITE(B49)

BOOST_AUTO_TEST_CASE(the_search_path_is_one_quoted_name) {
    BOOST_TEST(options_with_schema("public") == R"(-c search_path="public")");
    BOOST_TEST(options_with_schema("My App") == R"(-c search_path="My\ App")");
    BOOST_TEST(options_with_schema("a\"b") == R"(-c search_path="a""b")");
    BOOST_TEST(options_with_schema("a\\b") == R"(-c search_path="a\\b")");
    BOOST_TEST(options_with_schema("x -c default_transaction_read_only=on") ==
               R"(-c search_path="x\ -c\ default_transaction_read_only=on")");
    BOOST_TEST(options_with_schema("x\t--y\n\v\f\rz") == "-c search_path=\"x\\\t--y\\\n\\\v\\\f\\\rz\"");
    BOOST_TEST(options_with_schema("") == "");
}

BOOST_AUTO_TEST_CASE(limits_are_sent_where_there_are_any) {
    connection_options with;
    with.schema = "app";
    with.statement_timeout = std::chrono::milliseconds(1500);
    BOOST_TEST(detail::session_options(with) == R"(-c search_path="app" -c statement_timeout=1500)");
    with.lock_timeout = std::chrono::milliseconds(2);
    BOOST_TEST(detail::session_options(with) == R"(-c search_path="app" -c statement_timeout=1500 -c lock_timeout=2)");
}

BOOST_AUTO_TEST_CASE(a_pooler_is_given_no_options) {
    postgres_config config = config_with("POOLER", "transaction");
    config.statement_timeout = std::chrono::milliseconds(1500);
    ::unsetenv("PGOPTIONS");
    BOOST_TEST(!given(config.connection(), "options").has_value());
    config.pooler = pooler_mode::none;
    BOOST_TEST((given(config.connection(), "options") == R"(-c search_path="public" -c statement_timeout=1500)"));
}

BOOST_AUTO_TEST_CASE(the_environments_options_do_not_count) {
    ::setenv("PGOPTIONS", "-c default_transaction_read_only=on", 1);
    connection_options with;
    BOOST_TEST((given(with, "options") == R"(-c search_path="public")"));
    with.schema.clear();
    BOOST_TEST((given(with, "options") == " "));
    ::unsetenv("PGOPTIONS");
    BOOST_TEST(!given(with, "options").has_value());
}

BOOST_AUTO_TEST_CASE(a_zero_byte_ends_no_value_early) {
    postgres_config config = variables().socket().read();
    config.application_name = std::string("x\0user\0admin", 12);
    config.schema = std::string("x\0y", 3);
    config.user = config.database = std::string("a\0b", 3);
    config.password = secret(std::string(canary) + '\0');
    const std::string all = complaint_of([&] { config.validate(); });
    for (const char* part : {"application_name is longer than 63 bytes or holds other", "schema holds a zero byte",
                             "user holds a zero byte", "database holds a zero byte", "password holds a zero byte"})
        check_says(all, part);
}

BOOST_AUTO_TEST_SUITE_END()
