// B59: DETAIL holds the whole row ("Failing row contains (…)", "Key (email)=(…) already exists"), and is never shown.

#include "service_support.hpp"

using namespace service_test;
using pgrepo::sql;

BOOST_AUTO_TEST_SUITE(B59)

BOOST_AUTO_TEST_CASE(no_error_holds_the_row) {
    database db("CREATE TABLE rows (id integer PRIMARY KEY, label text NOT NULL UNIQUE, "
                "number integer CONSTRAINT small CHECK (number < 5), parent integer REFERENCES rows);"
                "INSERT INTO rows VALUES (1, 'SECRETHASH', 1)");
    pgrepo::postgres_service service(db.config());
    const auto refused = [&](const char* text, error_kind kind, const char* rule) {
        const auto failure = failure_of([&] { service.execute(pgrepo::unsafe_sql(text)); });
        check_kind(failure, kind);
        check_says(failure, rule);
        const auto& all = failure.details();
        for (const std::string& part : {std::string(failure.what()), all.message, all.constraint, all.column})
            for (const char* value : {"SECRETHASH", "Failing row", "Key (", "4711"})
                BOOST_TEST(part.find(value) == part.npos, part);
    };
    refused("INSERT INTO rows VALUES (4711, 'SECRETHASH', 1)", error_kind::unique_violation, "rows_label_key");
    refused("INSERT INTO rows VALUES (4711, 'SECRETHASH2', 9)", error_kind::check_violation, "small");
    refused("INSERT INTO rows SELECT 4711, NULL, 1", error_kind::not_null_violation, "label");
    refused("INSERT INTO rows VALUES (2, 'SECRETHASH3', 1, 4711)", error_kind::foreign_key_violation,
            "rows_parent_fkey");
}

BOOST_AUTO_TEST_SUITE_END()
