// F52. PgBouncer between, which gives each transaction another session of the server.

#include "support/pool_bench.hpp"

#include <pgrepo/pq/connection.hpp>

#include <unistd.h>

#include <cstdio>

using namespace faults;

namespace {

postgres_config past_nobody(const database& db) {
    auto config = db.config();
    config.host = environment("POSTGRES_POOLER_HOST");
    config.port = static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_POOLER_PORT")));
    return config;
}
postgres_config pooled_by_another(const database& db) {
    auto config = past_nobody(db);
    config.pooler = pgrepo::pooler_mode::transaction;
    return config;
}

/// What is written to stderr while it lives, by whoever writes there.
class kept_stderr {
public:
    kept_stderr() : file_(std::tmpfile()), before_(::dup(STDERR_FILENO)) {
        std::fflush(stderr);
        ::dup2(::fileno(file_), STDERR_FILENO);
    }
    kept_stderr(const kept_stderr&) = delete;
    kept_stderr& operator=(const kept_stderr&) = delete;
    ~kept_stderr() { end(); }

    std::string end() {
        if (before_ < 0) return {};
        std::fflush(stderr);
        ::dup2(before_, STDERR_FILENO);
        ::close(std::exchange(before_, -1));
        std::rewind(file_);
        std::string out(100000, '\0');
        out.resize(std::fread(out.data(), 1, out.size(), file_));
        std::fclose(file_);
        return out;
    }

private:
    std::FILE* file_;
    int before_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(F52)

BOOST_AUTO_TEST_CASE(it_gives_each_transaction_another_session) { // the fault itself
    database db;
    pool lender(pooled_by_another(db).connection(), {.max = 2});
    const loan first = lender.acquire(deadline::in(20s));
    const loan second = lender.acquire(deadline::in(20s));
    ask(first, "BEGIN");
    const std::string pid = ask(first, "SELECT pg_backend_pid()::text");
    ask(first, "COMMIT");
    ask(second, "BEGIN"); // takes the one that has just become free
    BOOST_TEST(ask(second, "SELECT pg_backend_pid()::text") == pid);
    ask(second, "ROLLBACK");
}

BOOST_AUTO_TEST_CASE(nothing_is_set_and_nothing_is_named) {
    database db("CREATE TABLE notes (id integer)");
    const auto refused = failure_of([&] { postgres_service service(past_nobody(db)); }); // it takes no options
    check_kind(refused, error_kind::connect_failed);
    check_says(refused, "POOLER=transaction");
    postgres_service service(pooled_by_another(db));
    for (std::int32_t i = 0; i < 5; ++i) service.insert(sql<"INSERT INTO notes VALUES ($1)">, i);
    service.with_transaction([&](transaction& tx) {
        tx.insert(sql<"INSERT INTO notes VALUES ($1)">, 5);
        BOOST_TEST(tx.select_value<std::int64_t>(sql<"SELECT count(*) FROM pg_prepared_statements">) == 0);
    });
    BOOST_TEST(service.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes">) == 6);
    service.with_transaction([&](transaction& tx) {
        tx.execute(sql<"SET LOCAL work_mem = '6MB'">);
        BOOST_TEST(tx.select_value<std::string>(sql<"SELECT current_setting('work_mem')">) == "6MB");
        tx.execute(sql<"CREATE TEMP TABLE scratch (id integer) ON COMMIT DROP">);
        tx.execute(sql<"SELECT pg_advisory_xact_lock(1)">);
        tx.execute(sql<"SELECT set_config('work_mem', '7MB', true)">);
        tx.execute(unsafe_sql("DO $$ BEGIN CREATE TEMP TABLE other (id integer) ON COMMIT DROP; END $$"));
    });
}

BOOST_AUTO_TEST_CASE(nor_by_a_pool_or_a_connection_of_ones_own) {
    database db;
    auto options = pooled_by_another(db).connection();
    BOOST_TEST(options.statement_cache != 0U); // as it was configured
    const auto link = pgrepo::connection::open(options);
    for (int i = 0; i < 3; ++i)
        link->execute({.text = "SELECT 1", .key = pgrepo::make_statement_key("SELECT 1", {})}, {});
    BOOST_TEST(link->prepared_statements() == 0U);
}

// What would stay in a session that others are given is refused before it gets there, wherever it stands.
BOOST_AUTO_TEST_CASE(what_needs_a_session_is_refused_and_nothing_of_it_is_left) {
    database db;
    auto config = pooled_by_another(db);
    config.pool_max = 1;
    postgres_service service(config);
    postgres_service another(config); // is given the same session of the server
    const auto server_session = [&](postgres_service& by) {
        return by.select_value<std::int32_t>(sql<"SELECT pg_backend_pid()">);
    };
    BOOST_TEST(server_session(service) == server_session(another));
    const char* const texts[] = {"SET work_mem = '5MB'",
                                 "SELECT set_config('work_mem', '5MB', false)",
                                 "LISTEN news",
                                 "PREPARE it AS SELECT 1",
                                 "LOAD 'plpgsql'",
                                 "CREATE TEMP TABLE scratch (id integer)",
                                 "SELECT pg_advisory_lock(42)",
                                 "DECLARE c CURSOR WITH HOLD FOR SELECT 1"};
    for (const char* text : texts) {
        BOOST_TEST_CONTEXT(text) {
            const auto alone = failure_of([&] { service.execute(unsafe_sql(text)); });
            check_kind(alone, error_kind::usage);
            check_says(alone, "needs a session of its own");
            check_says(alone, "nothing was sent");
            const auto inside =
                failure_of([&] { service.with_transaction([&](transaction& tx) { tx.execute(unsafe_sql(text)); }); });
            check_kind(inside, error_kind::usage);
            // The transaction had not begun to fail: what follows is still done.
            service.with_transaction([&](transaction& tx) {
                BOOST_TEST(one(tx) == 1);
                check_kind(failure_of([&] { tx.execute(unsafe_sql(text)); }), error_kind::usage);
                BOOST_TEST(one(tx) == 1);
            });
        }
    }
    BOOST_TEST(another.select_value<bool>(sql<"SELECT setting = reset_val FROM pg_settings WHERE name = 'work_mem'">));
    BOOST_TEST(another.select_value<std::int64_t>(sql<"SELECT (SELECT count(*) FROM pg_prepared_statements) + "
                                                      "(SELECT count(*) FROM pg_listening_channels()) + "
                                                      "(SELECT count(*) FROM pg_cursors WHERE is_holdable) + "
                                                      "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') + "
                                                      "(SELECT count(*) FROM pg_class WHERE relpersistence = 't')">) ==
               0);
}

BOOST_AUTO_TEST_CASE(one_that_nobody_configured_is_explained) {
    database db;
    recorder watcher;
    auto config = past_nobody(db);
    config.schema.clear(); // nothing that makes it refuse
    config.observer = &watcher;
    { const postgres_service service(config); }
    auto warnings = watcher.take_warnings();
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(warnings.front().find("POOLER=transaction") != std::string::npos);
    config.observer = nullptr; // then where everybody sees it
    kept_stderr heard;
    { const postgres_service service(config); }
    BOOST_TEST(heard.end().find("POOLER=transaction") != std::string::npos);
    config.observer = &watcher;
    config.pooler = pgrepo::pooler_mode::transaction;
    { const postgres_service service(config); }
    BOOST_TEST(watcher.take_warnings().empty());
}

BOOST_AUTO_TEST_SUITE_END()
