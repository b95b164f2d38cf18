// postgres_service and transaction against a real server.

#include "../../examples/users.hpp"
#include "service_support.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <thread>

using namespace service_test;
using pgrepo::col;
using pgrepo::deadline;
using pgrepo::postgres_service;
using pgrepo::sql;
using pgrepo::table_repository;
using pgrepo::transaction;
using pgrepo::unsafe_sql;

namespace {

constexpr const char* notes_schema =
    "CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL);"
    "CREATE TABLE later (id integer CONSTRAINT later_once UNIQUE DEFERRABLE INITIALLY DEFERRED)";

struct notes_fixture {
    database db{notes_schema};
    recorder watcher{};
    postgres_service service{[this] {
        auto config = db.config();
        config.observer = &watcher;
        return config;
    }()};
    session look{db.name()};

    /// The identifiers in the table, as another session sees them: "1,2".
    std::string notes() { return look.run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes"); }
    static constexpr unsigned add_line = __LINE__ + 2;
    template <class Executor> static void add(Executor& on, std::int32_t id) {
        on.insert(sql<"INSERT INTO notes VALUES ($1, $2)", "add_note">, id, "text");
    }
    /// Nothing of this session is left open in a transaction.
    void check_clean() {
        BOOST_TEST(look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "application_name = 'pgrepo' AND state LIKE 'idle in transaction%'") == "0");
        BOOST_TEST(watcher.take_warnings().empty());
        BOOST_TEST(service.select_value<std::int32_t>(sql<"SELECT 1">) == 1);
    }
};

struct Note {
    std::int32_t id{};
    std::string text{};
};
struct Pair {
    std::int32_t a{};
    std::string b{};
};

std::int32_t held = 7;

} // namespace

BOOST_AUTO_TEST_SUITE(service)

// ---- construction and what it says of itself

BOOST_FIXTURE_TEST_CASE(construction_opens_and_asks, notes_fixture) {
    BOOST_TEST(watcher.take_ids() == std::vector<std::string>{"connect"}, boost::test_tools::per_element());
    BOOST_TEST(db.sessions() == 1);
    const auto info = service.connection_info();
    BOOST_TEST(info.host == environment("POSTGRES_HOST"));
    BOOST_TEST(std::to_string(info.port) == environment("POSTGRES_PORT"));
    BOOST_TEST(info.database == db.name());
    BOOST_TEST(info.pool_max == 4U);
    BOOST_TEST(info.pool_size == 1U);
    BOOST_TEST(service.is_connected());
}

BOOST_FIXTURE_TEST_CASE(the_pool_grows_as_it_is_used, notes_fixture) {
    service.with_transaction([&](transaction& outer) {
        add(outer, 1);
        service.with_transaction([&](transaction& inner) {
            add(inner, 2);
            BOOST_TEST(service.connection_info().pool_size == 2U);
            add(service, 3);
            BOOST_TEST(service.connection_info().pool_size == 3U);
            BOOST_TEST(db.sessions() == 3);
        });
        BOOST_TEST(notes() == "2,3"); // each on a session of its own
    });
    BOOST_TEST(notes() == "1,2,3");
    BOOST_TEST(service.connection_info().pool_size == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_pool_used_up_from_inside_is_told_by_name, notes_fixture) {
    auto config = db.config();
    config.pool_max = 1;
    config.acquire_timeout = 100ms;
    postgres_service narrow(config);
    wait_for("a session", [&] { return narrow.is_connected(); }); // opening may take longer
    pgrepo::error failure({.kind = error_kind::usage, .message = "nothing"});
    const unsigned holder = __LINE__ + 1;
    narrow.with_transaction([&](transaction& tx) {
        add(tx, 1);
        failure = failure_of([&] { add(narrow, 2); });
    });
    check_kind(failure, error_kind::pool_exhausted);
    check_says(failure, std::string(__FILE__) + ":" + std::to_string(holder)); // who holds it
    BOOST_TEST(failure.statement_id() == "add_note");
    BOOST_TEST(notes() == "1");
    BOOST_TEST(narrow.select_value<std::int32_t>(sql<"SELECT 1">) == 1);
}

// ---- transactions

BOOST_FIXTURE_TEST_CASE(returning_commits, notes_fixture) {
    watcher.take_ids();
    service.with_transaction([&](transaction& tx) {
        add(tx, 1);
        BOOST_TEST(notes() == "");
        add(tx, 2);
    });
    BOOST_TEST(notes() == "1,2");
    const std::vector<std::string> wanted{"add_note", "add_note", "COMMIT"}; // BEGIN rode along
    BOOST_TEST(watcher.take_ids() == wanted, boost::test_tools::per_element());
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(what_was_returned_comes_out, notes_fixture) {
    BOOST_TEST(service.with_transaction([](transaction&) { return 5; }) == 5);
    auto owned = service.with_transaction([&](transaction& tx) {
        add(tx, 1);
        return std::make_unique<int>(6);
    });
    BOOST_TEST(*owned == 6);
    const auto id = service.with_transaction(
        [&](auto& tx) { return tx.template select_value<std::int32_t>(sql<"SELECT max(id) FROM notes">); });
    BOOST_TEST(id == 1);
    std::int32_t& same = service.with_transaction([&](transaction& tx) -> std::int32_t& {
        add(tx, 2);
        return held;
    });
    BOOST_TEST(&same == &held);
    const std::int32_t& constant = service.with_transaction([](transaction&) -> const std::int32_t& { return held; });
    BOOST_TEST(&constant == &held);
    BOOST_TEST(service.with_transaction({.read_only = true}, [](transaction&) { return std::string("text"); }) ==
               "text");
    BOOST_TEST(notes() == "1,2");
}

BOOST_FIXTURE_TEST_CASE(nothing_run_is_no_round_trip, notes_fixture) {
    watcher.take_ids();
    service.with_transaction([](transaction&) {});
    try {
        service.with_transaction([](transaction&) { throw 1; });
    } catch (int) {}
    BOOST_TEST(watcher.take_ids().empty());
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(any_exception_rolls_back_and_comes_out_as_it_is, notes_fixture) {
    struct not_std {
        int value;
    };
    const auto thrown = [&](auto what) {
        service.with_transaction([&](transaction& tx) {
            add(tx, 1);
            throw what;
        });
    };
    BOOST_CHECK_EXCEPTION(thrown(42), int, [](int value) { return value == 42; });
    BOOST_CHECK_EXCEPTION(thrown(not_std{3}), not_std, [](const not_std& caught) { return caught.value == 3; });
    BOOST_CHECK_EXCEPTION(thrown(std::runtime_error("mine")), std::runtime_error,
                          [](const std::exception& caught) { return std::string(caught.what()) == "mine"; });
    const char* text = "raw";
    BOOST_CHECK_EXCEPTION(thrown(text), const char*, [&](const char* caught) { return caught == text; });
    const auto own = std::make_exception_ptr(std::logic_error("the same object"));
    try {
        service.with_transaction([&](transaction& tx) {
            add(tx, 1);
            std::rethrow_exception(own);
        });
        BOOST_ERROR("nothing came out");
    } catch (...) {
        BOOST_TEST((std::current_exception() == own));
    }
    BOOST_TEST(notes() == "");
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(a_failed_statement_is_the_error_that_comes_out, notes_fixture) {
    add(service, 1);
    unsigned line = 0;
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            add(tx, 2);
            line = __LINE__ + 1;
            tx.insert(sql<"INSERT INTO notes VALUES ($1, 'again')", "again">, 1);
        });
    });
    check_error(failure, error_kind::unique_violation, "again", line, __FILE__);
    BOOST_TEST(failure.constraint() == "notes_pkey");
    BOOST_TEST(notes() == "1");
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(a_swallowed_error_is_not_committed_over, notes_fixture) {
    add(service, 1);
    const unsigned line = __LINE__ + 2;
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            add(tx, 2);
            try {
                tx.insert(sql<"INSERT INTO notes VALUES ($1, 'again')", "again">, 1);
            } catch (const pgrepo::error&) {}
        });
    });
    check_error(failure, error_kind::transaction_aborted, "COMMIT", line, __FILE__);
    check_says(failure, "unique_violation");
    check_says(failure, "again");
    BOOST_TEST(notes() == "1");
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(later_statements_of_a_failed_transaction_name_the_first_failure, notes_fixture) {
    add(service, 1);
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            try {
                tx.insert(sql<"INSERT INTO notes VALUES ($1, 'again')", "again">, 1);
            } catch (const pgrepo::error&) {}
            add(tx, 2);
        });
    });
    check_error(failure, error_kind::transaction_aborted, "add_note", add_line, __FILE__);
    check_says(failure, "unique_violation");
    check_says(failure, "again");
    BOOST_TEST(notes() == "1");
    check_clean();
}

// A failure that the server never saw, or that it had answered before, leaves the transaction as it was.
BOOST_FIXTURE_TEST_CASE(failures_on_this_side_do_not_abort, notes_fixture) {
    service.with_transaction([&](transaction& tx) {
        add(tx, 1);
        check_kind(failure_of([&] { tx.execute(sql<"SELECT $1::text">, std::string("a\0b", 3)); }), error_kind::encode);
        check_kind(failure_of([&] { tx.select_value<std::int32_t>(sql<"SELECT NULL::integer">); }), error_kind::decode);
        check_kind(failure_of([&] { tx.select_value<std::int32_t>(sql<"SELECT 1 WHERE false">); }),
                   error_kind::not_found);
        add(tx, 2);
    });
    BOOST_TEST(notes() == "1,2");
    // and is not taken for the one that did
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            add(tx, 3);
            check_kind(failure_of([&] { tx.execute(sql<"SELECT $1::text", "harmless">, std::string("a\0b", 3)); }),
                       error_kind::encode);
            check_kind(failure_of([&] { tx.insert(sql<"INSERT INTO notes VALUES (1, 'x')", "culprit">); }),
                       error_kind::unique_violation);
        });
    });
    check_kind(failure, error_kind::transaction_aborted);
    check_says(failure, "culprit");
    BOOST_TEST(!says(failure, "harmless"));
    BOOST_TEST(notes() == "1,2");
    check_clean();
}

// BEGIN rides with the first statement. Where that one is never sent, it has to ride with the next.
BOOST_FIXTURE_TEST_CASE(a_first_statement_that_was_not_sent_does_not_lose_the_begin, notes_fixture) {
    try {
        service.with_transaction([&](transaction& tx) {
            check_kind(failure_of([&] { tx.execute(sql<"SELECT $1::text">, std::string("a\0b", 3)); }),
                       error_kind::encode);
            add(tx, 1);
            BOOST_TEST(notes() == "");
            throw 1;
        });
    } catch (int) {}
    BOOST_TEST(notes() == "");
    service.with_transaction([&](transaction& tx) {
        check_kind(failure_of([&] { tx.execute(sql<"SELECT $1::text">, std::string("a\0b", 3)); }), error_kind::encode);
        add(tx, 1);
    });
    BOOST_TEST(notes() == "1");
    service.with_transaction([&](transaction& tx) {
        check_kind(failure_of([&] { tx.execute(sql<"SELECT $1::text">, std::string("a\0b", 3)); }), error_kind::encode);
    });
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(a_first_statement_that_fails_leaves_nothing_open, notes_fixture) {
    check_kind(failure_of([&] {
                   service.with_transaction([&](transaction& tx) { tx.execute(unsafe_sql("SELECT * FROM nowhere")); });
               }),
               error_kind::undefined);
    check_kind(failure_of([&] {
                   service.with_transaction([&](transaction& tx) {
                       (void)pgrepo::try_([&] { tx.execute(unsafe_sql("SELECT * FROM nowhere", "n", true)); });
                   });
               }),
               error_kind::transaction_aborted);
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(transaction_statements_in_the_users_sql, notes_fixture) {
    // inside: what follows a COMMIT or ROLLBACK must not run on its own
    for (const char* text : {"COMMIT", "ROLLBACK", "COMMIT; ", "END", "ABORT"}) {
        look.run("TRUNCATE notes");
        const std::string_view statement(text);
        const bool keeps = statement.starts_with("COMMIT") || statement == "END";
        const auto failure = failure_of([&] {
            service.with_transaction([&](transaction& tx) {
                add(tx, 1);
                tx.execute(unsafe_sql(text));
                add(tx, 2);
            });
        });
        check_error(failure, error_kind::usage, "add_note", add_line, __FILE__);
        BOOST_TEST(notes() == (keeps ? "1" : ""), text);

        look.run("TRUNCATE notes");
        check_kind(failure_of([&] {
                       service.with_transaction([&](transaction& tx) {
                           add(tx, 1);
                           tx.execute(unsafe_sql(text));
                       });
                   }),
                   error_kind::usage);
        BOOST_TEST(notes() == (keeps ? "1" : ""), text);
        check_clean();
    }
    // a transaction under another's name
    look.run("TRUNCATE notes");
    check_kind(failure_of([&] {
                   service.with_transaction([&](transaction& tx) {
                       add(tx, 1);
                       tx.execute(unsafe_sql("ROLLBACK"));
                       tx.execute(unsafe_sql("BEGIN"));
                       add(tx, 2);
                   });
               }),
               error_kind::usage);
    BOOST_TEST(notes() == "");
    // as the first statement
    check_kind(failure_of([&] {
                   service.with_transaction([&](transaction& tx) {
                       tx.execute(unsafe_sql("COMMIT"));
                       add(tx, 1);
                   });
               }),
               error_kind::usage);
    BOOST_TEST(notes() == "");
    // BEGIN inside is a warning of the server's, no more
    service.with_transaction([&](transaction& tx) {
        tx.execute(unsafe_sql("BEGIN"));
        add(tx, 3);
    });
    BOOST_TEST(notes() == "3");
    check_clean();

    // one that begins another at once: the server's status never turns idle
    for (const char* text : {"COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "rollback and /* */ chain"}) {
        look.run("TRUNCATE notes");
        check_kind(failure_of([&] {
                       service.with_transaction([&](transaction& tx) {
                           add(tx, 1);
                           tx.execute(unsafe_sql(text));
                           add(tx, 2);
                       });
                   }),
                   error_kind::usage);
        BOOST_TEST(notes() == (std::string_view(text).starts_with("COMMIT") ? "1" : ""), text);
        look.run("TRUNCATE notes");
        check_kind(failure_of([&] {
                       service.with_transaction([&](transaction& tx) {
                           add(tx, 1);
                           tx.execute(unsafe_sql(text));
                       });
                   }),
                   error_kind::usage);
        check_clean();
    }
    // a savepoint's end is none of the transaction's
    look.run("TRUNCATE notes");
    service.with_transaction([&](transaction& tx) {
        add(tx, 3);
        tx.execute(unsafe_sql("SAVEPOINT here"));
        add(tx, 4);
        tx.execute(unsafe_sql("ROLLBACK TO here"));
    });
    BOOST_TEST(notes() == "3");

    // outside: it would do nothing, and the session is not given to the next one in a transaction
    check_kind(failure_of([&] { service.execute(unsafe_sql("BEGIN")); }), error_kind::usage);
    const auto warnings = watcher.take_warnings();
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(warnings[0].starts_with("returned_busy"));
    BOOST_TEST(warnings[0].find(__FILE__) != std::string::npos);
    db.wait_for_sessions(0);
    add(service, 4);
    BOOST_TEST(notes() == "3,4");
    service.execute(unsafe_sql("COMMIT"));
    service.execute(unsafe_sql("ROLLBACK"));
    check_clean();
}

BOOST_FIXTURE_TEST_CASE(savepoints_by_hand, notes_fixture) {
    add(service, 1);
    service.with_transaction([&](transaction& tx) {
        add(tx, 2);
        tx.execute(unsafe_sql("SAVEPOINT here"));
        check_kind(failure_of([&] { add(tx, 1); }), error_kind::unique_violation);
        tx.execute(unsafe_sql("ROLLBACK TO here"));
        add(tx, 3);
    });
    BOOST_TEST(notes() == "1,2,3");
    // the failure that was mended is not the one that is named
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            tx.execute(unsafe_sql("SAVEPOINT here"));
            check_kind(failure_of([&] { add(tx, 1); }), error_kind::unique_violation);
            tx.execute(unsafe_sql("ROLLBACK TO here"));
            check_kind(failure_of([&] { tx.execute(unsafe_sql("SELECT 1 / 0", "divides")); }), error_kind::data);
        });
    });
    check_kind(failure, error_kind::transaction_aborted);
    check_says(failure, "divides");
}

BOOST_FIXTURE_TEST_CASE(options_are_really_set, notes_fixture) {
    const auto level = [&](pgrepo::tx_options options) {
        return service.with_transaction(options, [](transaction& tx) {
            return tx.select_value<std::string>(sql<"SELECT current_setting('transaction_isolation') || ' ' || "
                                                    "current_setting('transaction_read_only')">);
        });
    };
    using pgrepo::isolation;
    BOOST_TEST(level({}) == "read committed off");
    BOOST_TEST(level({.read_only = true}) == "read committed on");
    BOOST_TEST(level({.isolation = isolation::repeatable_read}) == "repeatable read off");
    BOOST_TEST(level({.isolation = isolation::repeatable_read, .read_only = true}) == "repeatable read on");
    BOOST_TEST(level({.isolation = isolation::serializable}) == "serializable off");
    BOOST_TEST(level({.isolation = isolation::serializable, .read_only = true}) == "serializable on");
    // said every time, whatever the database's default is
    look.run("ALTER DATABASE " + db.name() + " SET default_transaction_isolation = 'serializable'");
    db.kill();
    (void)pgrepo::try_([&] { return level({}); }); // the session that was killed, if it is not noticed
    BOOST_TEST(level({}) == "read committed off");

    const auto failure =
        failure_of([&] { service.with_transaction({.read_only = true}, [&](transaction& tx) { add(tx, 1); }); });
    BOOST_TEST(failure.sqlstate().code() == "25006");
    BOOST_TEST(notes() == "");

    // repeatable read: one snapshot for all of it
    const auto counts = service.with_transaction({.isolation = isolation::repeatable_read}, [&](transaction& tx) {
        const auto first = tx.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes">);
        add(service, 1);
        return std::pair(first, tx.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes">));
    });
    BOOST_TEST((counts == std::pair(std::int64_t{0}, std::int64_t{0})));
}

BOOST_FIXTURE_TEST_CASE(two_writers_in_serializable_transactions, notes_fixture) {
    add(service, 1);
    const auto failure = failure_of([&] {
        service.with_transaction({.isolation = pgrepo::isolation::repeatable_read}, [&](transaction& tx) {
            (void)tx.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes">);
            service.update(sql<"UPDATE notes SET text = 'theirs'">);
            tx.update(sql<"UPDATE notes SET text = 'mine'", "mine">);
        });
    });
    check_kind(failure, error_kind::serialization_failure);
    BOOST_TEST(failure.statement_id() == "mine");
    BOOST_TEST(look.run("SELECT text FROM notes") == "theirs");
}

BOOST_FIXTURE_TEST_CASE(what_commit_is_refused_with, notes_fixture) {
    const unsigned line = __LINE__ + 2;
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            add(tx, 1);
            tx.insert(sql<"INSERT INTO later VALUES (1), (1)">);
        });
    });
    check_error(failure, error_kind::unique_violation, "COMMIT", line, __FILE__);
    BOOST_TEST(failure.constraint() == "later_once");
    BOOST_TEST(notes() == "");
    check_clean();
}

BOOST_AUTO_TEST_CASE(a_repository_in_and_out_of_a_transaction) {
    database db(database::migrations());
    postgres_service service(db.config());
    table_repository<UserRecord> users(service);
    try {
        service.with_transaction([&](transaction& tx) {
            auto inside = users.with(tx);
            const auto ada = inside.create(NewUser{"ada@example.org", "Ada", "Lovelace"});
            BOOST_TEST(inside.find(ada.id).has_value());
            BOOST_TEST(!users.find(ada.id).has_value());
            BOOST_TEST(pgrepo::repository_of<UserRecord>(tx).count() == 1);
            BOOST_TEST(inside.with(service).count() == 0);
            throw 1;
        });
    } catch (int) {}
    BOOST_TEST(users.count() == 0);
    const auto id = service.with_transaction(
        [&](transaction& tx) { return users.with(tx).create(NewUser{"ada@example.org", "Ada", "Lovelace"}).id; });
    BOOST_TEST(users.find(id).has_value());
    auto hurried = service.with({.deadline = deadline::in(60s)});
    BOOST_TEST(users.with(hurried).find(id).has_value());
}

// ---- limits in time

BOOST_FIXTURE_TEST_CASE(a_calls_deadline, notes_fixture) {
    auto hurried = service.with({.deadline = deadline::in(100ms)});
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { hurried.execute(sql<"SELECT pg_sleep(600)", "nap">); });
    check_error(failure, error_kind::deadline_exceeded, "nap", line, __FILE__);
    BOOST_TEST(service.select_value<std::int32_t>(sql<"SELECT 1">) == 1);
    // one that had passed before sends nothing
    add(service, 1);
    check_kind(failure_of([&] { service.with({.deadline = deadline::in(0ms)}).execute(sql<"DELETE FROM notes">); }),
               error_kind::deadline_exceeded);
    BOOST_TEST(notes() == "1");
    // and inside a transaction the work is gone with the session
    auto config = db.config();
    config.call_timeout = 1s;
    postgres_service hasty(config);
    check_kind(failure_of([&] {
                   hasty.with_transaction([&](transaction& tx) {
                       tx.insert(sql<"INSERT INTO notes VALUES (2, 'x')">);
                       tx.execute(sql<"SELECT pg_sleep(600)">);
                   });
               }),
               error_kind::deadline_exceeded);
    BOOST_TEST(notes() == "1");
}

BOOST_FIXTURE_TEST_CASE(a_swallowed_deadline_is_not_committed_over, notes_fixture) {
    auto config = db.config();
    config.call_timeout = 1s;
    postgres_service hasty(config);
    const auto failure = failure_of([&] {
        hasty.with_transaction([&](transaction& tx) {
            add(tx, 1);
            (void)pgrepo::try_([&] { tx.execute(sql<"SELECT pg_sleep(600)", "nap">); });
        });
    });
    check_kind(failure, error_kind::transaction_aborted);
    check_says(failure, "nap");
    BOOST_TEST(notes() == "");
}

// ---- the end

BOOST_FIXTURE_TEST_CASE(after_close_every_call_is_a_typed_error, notes_fixture) {
    auto view = service.with({.deadline = deadline::in(60s)});
    service.close();
    service.close();
    db.wait_for_sessions(0);
    BOOST_TEST(!service.is_connected());
    BOOST_TEST(service.connection_info().pool_size == 0U);
    BOOST_TEST(service.connection_info().pool_max == 4U);
    unsigned line = 0;
    check_error(failure_of([&] { add(service, 1); }), error_kind::closed, "add_note", add_line, __FILE__);
    line = __LINE__ + 1;
    check_error(failure_of([&] { service.select<Note>(sql<"SELECT id, text FROM notes", "all">); }), error_kind::closed,
                "all", line, __FILE__);
    line = __LINE__ + 1;
    check_error(failure_of([&] { view.execute(unsafe_sql("SELECT 1", "one")); }), error_kind::closed, "one", line,
                __FILE__);
    line = __LINE__ + 1;
    const auto transacted = failure_of([&] { service.with_transaction([](transaction&) {}); });
    check_kind(transacted, error_kind::closed);
    BOOST_TEST(transacted.where().line() == line);
    table_repository<UserRecord> users(service);
    line = __LINE__ + 1;
    check_error(failure_of([&] { (void)users.find({}); }), error_kind::closed, "users.find", line, __FILE__);
    check_kind(failure_of([&] { (void)users.find_page(); }), error_kind::closed);
    check_kind(failure_of([&] { users.remove({}); }), error_kind::closed);
    BOOST_TEST(db.sessions() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_is_under_way_may_finish, notes_fixture) {
    service.with_transaction([&](transaction& tx) {
        add(tx, 1);
        service.close();
        add(tx, 2);
        BOOST_TEST(service.connection_info().pool_size == 1U);
        check_kind(failure_of([&] { add(service, 3); }), error_kind::closed);
    });
    BOOST_TEST(notes() == "1,2");
    BOOST_TEST(service.connection_info().pool_size == 0U);
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_behind) {
    database db(notes_schema);
    {
        postgres_service service(db.config());
        service.with_transaction([&](transaction& tx) {
            notes_fixture::add(tx, 1);
            notes_fixture::add(service, 2);
        });
        BOOST_TEST(db.sessions() == 2);
    }
    db.wait_for_sessions(0);
}

// ---- verbs

BOOST_FIXTURE_TEST_CASE(counts_of_rows_changed, notes_fixture) {
    BOOST_TEST(service.insert(sql<"INSERT INTO notes SELECT n, 'x' FROM generate_series(1, $1) n">, 10) == 10);
    BOOST_TEST(service.execute(sql<"UPDATE notes SET text = 'y' WHERE id > $1">, 7) == 3);
    BOOST_TEST(service.update(sql<"UPDATE notes SET text = 'y' WHERE id > $1">, 100) == 0);
    BOOST_TEST(service.remove(sql<"DELETE FROM notes WHERE id <= $1">, 4) == 4);
    BOOST_TEST(service.execute(sql<"SELECT id FROM notes">) == 6);
    BOOST_TEST(service.execute(unsafe_sql("CREATE TABLE other (id integer)")) == 0);
    const auto back = service.remove<Note>(sql<"DELETE FROM notes WHERE id < $1 RETURNING id, text">, 7);
    BOOST_TEST(back.size() == 2U);
    BOOST_TEST(
        (service.execute<Note>(sql<"INSERT INTO notes VALUES (1, 'z') RETURNING text, id">).front().text == "z"));
}

BOOST_FIXTURE_TEST_CASE(select_one_and_its_limits, notes_fixture) {
    BOOST_TEST(!service.select_one<Note>(sql<"SELECT id, text FROM notes">).has_value());
    add(service, 1);
    BOOST_TEST(service.select_one<Note>(sql<"SELECT id, text FROM notes">)->id == 1);
    add(service, 2);
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { service.select_one<Note>(sql<"SELECT id, text FROM notes", "one">); });
    check_error(failure, error_kind::too_many_rows, "one", line, __FILE__);
}

BOOST_FIXTURE_TEST_CASE(select_value_and_its_limits, notes_fixture) {
    unsigned line = __LINE__ + 1;
    check_error(failure_of([&] { service.select_value<std::int32_t>(sql<"SELECT id FROM notes", "none">); }),
                error_kind::not_found, "none", line, __FILE__);
    check_kind(failure_of([&] { service.select_value<std::optional<std::int32_t>>(sql<"SELECT id FROM notes">); }),
               error_kind::not_found);
    add(service, 1), add(service, 2);
    line = __LINE__ + 1;
    check_error(failure_of([&] { service.select_value<std::int32_t>(sql<"SELECT id FROM notes", "two">); }),
                error_kind::too_many_rows, "two", line, __FILE__);
    line = __LINE__ + 1;
    check_error(failure_of([&] { service.select_value<std::int32_t>(sql<"SELECT NULL::integer", "null">); }),
                error_kind::decode, "null", line, __FILE__);
    BOOST_TEST((service.select_value<std::optional<std::int32_t>>(sql<"SELECT NULL::integer">) == std::nullopt));
    BOOST_TEST((service.select_value<std::optional<std::int32_t>>(sql<"SELECT 5">) == 5));
    BOOST_TEST(service.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes WHERE id = $1">, 2) == 1);
    // another type than was asked for is never read as it
    const auto failure = failure_of([&] { service.select_value<std::int32_t>(sql<"SELECT 1.5::float4">); });
    check_kind(failure, error_kind::decode);
    check_says(failure, "float4");
}

BOOST_FIXTURE_TEST_CASE(texts_of_the_run_time_are_matched_by_name, notes_fixture) {
    const auto read = [&](const char* list, bool prepared) {
        return service.select_one<Pair>(unsafe_sql(std::string("SELECT ") + list, "by_name", prepared));
    };
    for (const bool prepared : {false, true}) {
        BOOST_TEST(read("1 AS a, 'x' AS b", prepared)->b == "x");
        BOOST_TEST(read("'x' AS b, 1 AS a", prepared)->a == 1);
        BOOST_TEST(read("2.5 AS more, 'x' AS b, 1 AS a, NULL AS rest", prepared)->a == 1);
        BOOST_TEST(read("2.5 AS more, 'x' AS b, 1 AS a, NULL AS rest", prepared)->b == "x"); // again, from memory
        const auto missing = failure_of([&] { read("1 AS a", prepared); });
        check_kind(missing, error_kind::decode);
        check_says(missing, "field b");
        const auto twice = failure_of([&] { read("1 AS a, 'x' AS b, 'y' AS b", prepared); });
        check_kind(twice, error_kind::decode);
        check_says(twice, "\"b\"");
        const auto cased = failure_of([&] { read("1 AS \"A\", 'x' AS b", prepared); });
        check_kind(cased, error_kind::decode);
        const auto all = failure_of([&] { read("1::bigint AS a, 5 AS b", prepared); });
        check_kind(all, error_kind::decode);
        check_says(all, "\"a\""); // every mismatch at once
        check_says(all, "\"b\"");
        BOOST_TEST(all.statement_id() == "by_name");
    }
    BOOST_TEST(service.select_value<std::int32_t>(unsafe_sql("SELECT $1 + 1"), 4) == 5);
    const auto count = failure_of([&] { service.execute(unsafe_sql("SELECT $1::integer, $2::integer"), 1); });
    check_kind(count, error_kind::usage); // counted before it is sent: the server would end the session
    BOOST_TEST(service.is_connected());
    check_kind(failure_of([&] { service.execute(unsafe_sql("SELECT 1; SELECT 2")); }), error_kind::statement);
    check_kind(failure_of([&] { service.execute(unsafe_sql("COPY notes TO STDOUT")); }), error_kind::usage);
    BOOST_TEST(service.is_connected());
}

BOOST_FIXTURE_TEST_CASE(failure_as_an_answer, notes_fixture) {
    auto made = pgrepo::try_([&] { add(service, 1); });
    BOOST_TEST(made.has_value());
    made = pgrepo::try_([&] { add(service, 1); });
    BOOST_REQUIRE(!made);
    check_kind(made.error(), error_kind::unique_violation);
    BOOST_CHECK_THROW(made.value(), pgrepo::error);
    const auto number = pgrepo::try_([&] { return service.select_value<std::int32_t>(sql<"SELECT 4">); });
    BOOST_TEST(*number == 4);
    BOOST_CHECK_THROW((void)pgrepo::try_([] { throw std::runtime_error("not ours"); }), std::runtime_error);
}

// ---- many threads

BOOST_FIXTURE_TEST_CASE(sixteen_threads_on_three_sessions, notes_fixture) {
    auto config = db.config();
    config.pool_max = 3;
    postgres_service shared(config);
    look.run("CREATE TABLE tally (thread integer PRIMARY KEY, n integer NOT NULL);"
             "INSERT INTO tally SELECT n, 0 FROM generate_series(0, 15) n");
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (std::int32_t t = 0; t < 16; ++t)
        threads.emplace_back([&, t] {
            try {
                for (std::int32_t i = 0; i < 200; ++i) {
                    if (i % 4 == 3) {
                        shared.with_transaction([&](transaction& tx) {
                            tx.update(sql<"UPDATE tally SET n = n + 1 WHERE thread = $1">, t);
                        });
                    } else if (shared.select_value<std::int32_t>(sql<"SELECT $1 * 1000 + $2">, t, i) != t * 1000 + i) {
                        ++wrong;
                    }
                }
            } catch (...) {
                ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(look.run("SELECT string_agg(DISTINCT n::text, ',') FROM tally") == "50");
    BOOST_TEST(shared.connection_info().pool_size <= 3U);
    shared.close();
}

BOOST_FIXTURE_TEST_CASE(closing_while_others_call, notes_fixture) {
    std::atomic<int> answered{0}, wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (;;) {
                try {
                    if (service.select_value<std::int32_t>(sql<"SELECT 1">) != 1) ++wrong;
                    ++answered;
                } catch (const pgrepo::error& failure) {
                    if (failure.kind() != error_kind::closed) ++wrong;
                    return;
                }
            }
        });
    wait_for("answers", [&] { return answered > 200; });
    service.close();
    for (auto& thread : threads) thread.join(); // each ends: nobody is left waiting
    BOOST_TEST(wrong == 0);
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(a_text_with_a_zero_byte_is_not_cut, notes_fixture) {
    add(service, 1);
    const auto failure =
        failure_of([&] { service.execute(unsafe_sql(std::string("DELETE FROM notes\0 WHERE false", 31), "cut")); });
    check_kind(failure, error_kind::encode);
    BOOST_TEST(failure.statement_id() == "cut");
    BOOST_TEST(notes() == "1");
}

BOOST_FIXTURE_TEST_CASE(arguments_of_a_run_time_text_are_counted, notes_fixture) {
    const unsafe_sql one("SELECT $1::text", "one");
    check_kind(failure_of([&] { service.execute(one); }), error_kind::usage);
    const auto failure = failure_of([&] { service.execute(one, "a", "b"); });
    check_kind(failure, error_kind::usage);
    check_says(failure, "1 placeholders and the call gives 2 arguments");
    BOOST_TEST(service.select_value<std::string>(one, "a") == "a");
}
