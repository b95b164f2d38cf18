// B60: messages of class 22 quote the value ('invalid input syntax for type integer: "SECRET"'); ours are shown instead.

#include "service_support.hpp"

using namespace service_test;

BOOST_AUTO_TEST_SUITE(B60)

BOOST_AUTO_TEST_CASE(no_error_holds_the_value) {
    database db;
    pgrepo::postgres_service service(db.config());
    for (const char* text : {"SELECT 'SECRET'::text::integer", "SELECT ('SECRET'::text)::uuid",
                             "SELECT ('{SECRET')::text::jsonb", "SELECT to_date('SECRET', 'YYYY')",
                             "SELECT 'SECRET'::text::timestamptz", "SELECT ('SECRET' || repeat('x', 9))::text::inet",
                             "SELECT 'SECRET'::text::boolean", "SELECT regexp_match('x', '[SECRET')"}) {
        const auto failure = failure_of([&] { service.execute(pgrepo::unsafe_sql(text)); });
        check_kind(failure, error_kind::data);
        BOOST_TEST(failure.sqlstate().class_code() == "22");
        BOOST_TEST(!says(failure, "SECRET"), failure.what());
    }
}

BOOST_AUTO_TEST_SUITE_END()
