// B59: DETAIL holds the whole row ("Failing row contains (…)", "Key (email)=(…) already exists"), and is shown only where that was
// asked for, and not for a record with sensitive columns.

#include "service_support.hpp"

using namespace service_test;
using pgrepo::sql;

namespace {

struct Row {
    std::int32_t id{};
    std::string label{};
    std::optional<std::int32_t> number{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"rows">, pgrepo::primary_key<&Row::id>>;
};
struct GuardedRow {
    std::int32_t id{};
    std::string label{};
    std::optional<std::int32_t> number{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"rows">, pgrepo::primary_key<&GuardedRow::id>,
                                               pgrepo::sensitive<&GuardedRow::label>>;
};
struct Relabel {
    std::optional<std::string> label{};
};

constexpr const char* rows_schema =
    "CREATE TABLE rows (id integer PRIMARY KEY, label text NOT NULL UNIQUE, "
    "number integer CONSTRAINT small CHECK (number < 5), parent integer REFERENCES rows);"
    "INSERT INTO rows VALUES (1, 'SECRETHASH', 1), (3, 'other', 1)";

/// Sets APP_ENV for a moment.
struct production {
    production() { ::setenv("APP_ENV", "production", 1); }
    production(const production&) = delete;
    production& operator=(const production&) = delete;
    ~production() { ::unsetenv("APP_ENV"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(B59)

BOOST_AUTO_TEST_CASE(no_error_holds_the_row) {
    database db(rows_schema);
    pgrepo::postgres_service service(db.config());
    const auto refused = [&](const char* text, error_kind kind, const char* rule) {
        const auto failure = failure_of([&] { service.execute(pgrepo::unsafe_sql(text)); });
        check_kind(failure, kind);
        check_says(failure, rule);
        const auto& all = failure.details();
        BOOST_TEST(failure.detail() == "");
        for (const std::string& part : {std::string(failure.what()), all.message, all.constraint, all.column, all.hint})
            for (const char* value : {"SECRETHASH", "Failing row", "Key (", "4711"})
                BOOST_TEST(part.find(value) == part.npos, part);
    };
    refused("INSERT INTO rows VALUES (4711, 'SECRETHASH', 1)", error_kind::unique_violation, "rows_label_key");
    refused("INSERT INTO rows VALUES (4711, 'SECRETHASH2', 9)", error_kind::check_violation, "small");
    refused("INSERT INTO rows SELECT 4711, NULL, 1", error_kind::not_null_violation, "label");
    refused("INSERT INTO rows VALUES (2, 'SECRETHASH3', 1, 4711)", error_kind::foreign_key_violation,
            "rows_parent_fkey");
}

BOOST_AUTO_TEST_CASE(who_asks_is_told) {
    database db(rows_schema);
    auto config = db.config();
    config.error_detail = true;
    pgrepo::postgres_service service(config);
    const auto refused = failure_of(
        [&] { service.execute(sql<"INSERT INTO rows VALUES ($1, $2, 1)">, std::int32_t{4711}, "SECRETHASH"); });
    check_kind(refused, error_kind::unique_violation);
    BOOST_TEST(refused.detail() == "Key (label)=(SECRETHASH) already exists.");
    check_says(refused, "; detail: Key (label)=(SECRETHASH) already exists.");
    pgrepo::table_repository<Row> rows(service);
    BOOST_TEST(failure_of([&] { rows.create(Row{4711, "x", 9}); }).detail() ==
               "Failing row contains (4711, x, 9, null).");
    const auto misspelt = failure_of([&] { service.execute(pgrepo::unsafe_sql("SELECT labell FROM rows")); });
    BOOST_TEST(misspelt.details().hint.find("rows.label") != std::string::npos, misspelt.what());
    // and COMMIT's errors
    session(db.name()).run("UPDATE rows SET number = id; "
                           "ALTER TABLE rows ADD UNIQUE (number) DEFERRABLE INITIALLY DEFERRED");
    const auto late = failure_of([&] {
        service.with_transaction([&](pgrepo::transaction& tx) { tx.execute(sql<"UPDATE rows SET number = 1">); });
    });
    BOOST_TEST(late.statement_id() == "COMMIT");
    BOOST_TEST(late.detail() == "Key (number)=(1) already exists.");
}

BOOST_AUTO_TEST_CASE(a_record_with_sensitive_columns_keeps_them) {
    database db(rows_schema);
    auto config = db.config();
    config.error_detail = true;
    pgrepo::postgres_service service(config);
    pgrepo::table_repository<GuardedRow> rows(service);
    const auto hidden = [](const pgrepo::error& failure, error_kind kind) {
        check_kind(failure, kind);
        BOOST_TEST(failure.detail() == "");
        for (const char* value : {"SECRETHASH", "Failing row", "Key (", "4711"})
            BOOST_TEST(!says(failure, value), failure.what());
    };
    hidden(failure_of([&] { rows.create(GuardedRow{4711, "SECRETHASH", 1}); }), error_kind::unique_violation);
    hidden(failure_of([&] { rows.create(GuardedRow{4711, "x", 9}); }), error_kind::check_violation);
    hidden(failure_of([&] { rows.update(3, Relabel{"SECRETHASH"}); }), error_kind::unique_violation);
}

BOOST_AUTO_TEST_CASE(in_production_it_is_warned_of) {
    database db(rows_schema);
    recorder watcher;
    auto config = db.config();
    config.observer = &watcher;
    const auto warnings = [&] {
        pgrepo::postgres_service service(config);
        std::string out;
        for (const auto& warning : watcher.take_warnings()) out += warning;
        return out;
    };
    BOOST_TEST(warnings() == "");
    config.error_detail = true;
    BOOST_TEST(warnings() == "");
    config.environment = pgrepo::app_environment::production;
    BOOST_TEST(warnings().starts_with("error_detail: "));
    config.environment = pgrepo::app_environment::development;
    const production now;
    BOOST_TEST(warnings().starts_with("error_detail: "));
}

BOOST_AUTO_TEST_SUITE_END()
