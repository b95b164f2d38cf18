// The schema changes under prepared statements, and statements that run into the server's limits: F21, F22, F53, F54, F56.

#include "support/bench.hpp"

#include <atomic>

using namespace faults;

namespace {

struct fixture {
    explicit fixture(std::uint32_t sessions = 1) : service(make(sessions)) {}

    database db{notes_schema};
    recorder watcher{};
    postgres_service service;
    session look{db.name()};

    std::string notes() { return look.run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes"); }
    /// The same session goes on, and nothing is left open in it.
    void check_kept(int pid) {
        BOOST_TEST(backend(service) == pid);
        BOOST_TEST(service.connection_info().pool_size == 1U);
        BOOST_TEST(look.run("SELECT state FROM pg_stat_activity WHERE pid = " + std::to_string(pid)) == "idle");
        BOOST_TEST(watcher.take_warnings().empty());
    }

private:
    [[nodiscard]] postgres_config make(std::uint32_t sessions) {
        auto config = db.config();
        config.pool_max = sessions;
        config.observer = &watcher;
        return config;
    }
};

/// Text of the run time, prepared under a name, which is what a schema change invalidates.
unsafe_sql all_notes() {
    return unsafe_sql("SELECT * FROM notes ORDER BY id", "all_notes", true);
}

struct WideNote {
    std::int64_t id{};
    std::string text{};
};

} // namespace

// ---- F21: statement_timeout

BOOST_AUTO_TEST_SUITE(F21)

BOOST_AUTO_TEST_CASE(it_is_typed_and_the_session_is_kept) {
    fixture on;
    on.look.run("ALTER DATABASE " + on.db.name() + " SET statement_timeout = 100");
    BOOST_TEST(on.db.kill() == 1);
    std::this_thread::sleep_for(25ms);
    const int pid = backend(on.service); // in a session that has the limit
    const auto failure =
        failure_of([&] { on.service.select_value<std::int32_t>(sql<"SELECT 1 FROM pg_sleep(30)", "sleeps">); });
    check_kind(failure, error_kind::statement_timeout); // not deadline_exceeded: that is our own clock
    check_state(failure, "57014");
    BOOST_TEST(failure.statement_id() == "sleeps");
    on.check_kept(pid);
    const auto inside = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            tx.execute(sql<"SELECT pg_sleep(30)">);
        });
    });
    check_kind(inside, error_kind::statement_timeout);
    BOOST_TEST(on.notes() == "1,2");
    on.check_kept(pid);
}

BOOST_AUTO_TEST_CASE(our_own_deadline_is_told_apart) {
    fixture on;
    const int pid = backend(on.service);
    auto view = on.service.with({.deadline = deadline::in(100ms)});
    const auto failure = ends_within(100ms, [&] { view.execute(sql<"SELECT pg_sleep(30)">); });
    check_kind(failure, error_kind::deadline_exceeded);
    BOOST_TEST(failure.sqlstate().empty());
    on.look.run("SELECT pg_terminate_backend(" + std::to_string(pid) + ")"); // sleeps on: nobody told it
    BOOST_TEST(backend(on.service) != pid);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F22: lock_timeout and NOWAIT

BOOST_AUTO_TEST_SUITE(F22)

BOOST_AUTO_TEST_CASE(both_are_typed_and_the_session_is_kept) {
    fixture on;
    const int pid = backend(on.service);
    session holder = on.db.connect();
    holder.run("BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE");
    const auto start = stopwatch::now();
    auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            tx.execute(unsafe_sql("SET LOCAL lock_timeout = 100"));
            add_note(tx, 3);
        });
    });
    BOOST_TEST((stopwatch::now() - start >= 100ms)); // it waited
    check_kind(failure, error_kind::lock_timeout);
    check_state(failure, "55P03");
    on.check_kept(pid);
    failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) { tx.execute(unsafe_sql("LOCK TABLE notes NOWAIT")); });
    });
    check_kind(failure, error_kind::lock_timeout);
    check_state(failure, "55P03");
    on.check_kept(pid);
    holder.run("ROLLBACK; BEGIN; SELECT 1 FROM notes WHERE id = 1 FOR UPDATE");
    failure = failure_of(
        [&] { on.service.select<Note>(sql<"SELECT id, text FROM notes WHERE id = $1 FOR UPDATE NOWAIT">, 1); });
    check_kind(failure, error_kind::lock_timeout);
    holder.run("ROLLBACK");
    on.service.with_transaction([&](transaction& tx) { add_note(tx, 3); });
    BOOST_TEST(on.notes() == "1,2,3");
    on.check_kept(pid);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F53: the table changes under a prepared statement

BOOST_AUTO_TEST_SUITE(F53)

BOOST_AUTO_TEST_CASE(outside_a_transaction_nobody_sees_it) {
    fixture on;
    BOOST_TEST(on.service.select<Note>(all_notes()).size() == 2U);
    const int pid = backend(on.service);
    for (int i = 0; i < 10; ++i) {
        on.look.run("ALTER TABLE notes ADD COLUMN more" + std::to_string(i) + " integer DEFAULT 7");
        const auto rows = on.service.select<Note>(all_notes());
        BOOST_TEST(rows.size() == 2U);
        BOOST_TEST(rows.at(1).text == "two");
    }
    on.check_kept(pid);
}

BOOST_AUTO_TEST_CASE(inside_one_it_is_a_typed_error_and_the_next_run_succeeds) {
    fixture on;
    on.service.select<Note>(all_notes());
    const int pid = backend(on.service);
    on.look.run("ALTER TABLE notes ADD COLUMN more integer");
    int runs = 0;
    const auto body = [&](transaction& tx) {
        ++runs;
        add_note(tx, 3);
        BOOST_TEST(tx.select<Note>(all_notes()).size() == 3U);
    };
    const auto failure = failure_of([&] { on.service.with_transaction(body); });
    check_state(failure, "0A000");
    check_says(failure, "run the transaction again");
    BOOST_TEST(runs == 1);
    BOOST_TEST(on.notes() == "1,2");
    on.service.with_transaction(body);
    BOOST_TEST(on.notes() == "1,2,3");
    on.check_kept(pid);
}

BOOST_AUTO_TEST_CASE(while_many_read_a_table_that_changes_all_the_time) {
    fixture on(4);
    std::atomic<bool> stop{false};
    std::atomic<int> reads{0}, wrong{0};
    std::mutex mutex;
    std::vector<std::string> errors;
    std::vector<std::thread> readers;
    for (int t = 0; t < 4; ++t)
        readers.emplace_back([&] {
            while (!stop) {
                try {
                    const auto rows = on.service.select<Note>(all_notes());
                    if (rows.size() != 2 || rows[0].text != "one" || rows[1].text != "two") ++wrong;
                    ++reads;
                } catch (const pgrepo::error& failure) {
                    const std::lock_guard lock(mutex);
                    errors.emplace_back(failure.what());
                }
            }
        });
    for (int i = 0; i < 100; ++i) {
        const int before = reads;
        on.look.run(i % 2 == 0 ? "ALTER TABLE notes ADD COLUMN more integer DEFAULT 7"
                               : "ALTER TABLE notes DROP COLUMN more");
        wait_for("reads", [&] { return reads >= before + 4; });
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    BOOST_TEST(wrong == 0);
    BOOST_TEST(errors.size() == 0U, errors.size() << " of " << reads << ": " << (errors.empty() ? "" : errors[0]));
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F54: a column's type changes and the number of columns does not

BOOST_AUTO_TEST_SUITE(F54)

BOOST_AUTO_TEST_CASE(the_new_type_is_never_read_as_the_old_one) {
    fixture on;
    BOOST_TEST(on.service.select<Note>(all_notes()).at(0).id == 1);
    const int pid = backend(on.service);
    for (const char* type : {"bigint", "real", "smallint", "text", "date USING date '2000-01-01' + id"}) {
        on.look.run(std::string("ALTER TABLE notes ALTER id TYPE ") + type);
        for (int i = 0; i < 3; ++i) {
            const auto failure = failure_of([&] { on.service.select<Note>(all_notes()); });
            check_kind(failure, error_kind::decode);
            check_says(failure, "\"id\"");
        }
        on.check_kept(pid);
        on.look.run("DROP TABLE notes; " + std::string(notes_schema));
        BOOST_TEST(on.service.select<Note>(all_notes()).at(1).text == "two"); // and back
    }
    on.look.run("ALTER TABLE notes ALTER id TYPE bigint");
    BOOST_TEST(on.service.select<WideNote>(all_notes()).at(1).id == 2); // whoever expects it reads it
    // Of the same size: bytes that would fit.
    on.look.run("DROP TABLE notes; CREATE TABLE notes (id real, text text); INSERT INTO notes VALUES (1, 'one')");
    check_kind(failure_of([&] { on.service.select<Note>(all_notes()); }), error_kind::decode);
}

BOOST_AUTO_TEST_CASE(nor_in_a_transaction) {
    fixture on;
    on.service.select<Note>(all_notes());
    on.look.run("ALTER TABLE notes ALTER id TYPE bigint");
    for (const bool stale : {true, false}) { // refused by the server, then by the shape
        const auto failure = failure_of([&] {
            on.service.with_transaction([&](transaction& tx) {
                one(tx);
                tx.select<Note>(all_notes());
            });
        });
        if (stale)
            check_state(failure, "0A000");
        else
            check_kind(failure, error_kind::decode);
    }
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F56: DISCARD ALL and DEALLOCATE ALL in the user's SQL

BOOST_AUTO_TEST_SUITE(F56)

BOOST_AUTO_TEST_CASE(what_was_prepared_is_prepared_again) {
    fixture on;
    const int pid = backend(on.service);
    for (const char* text : {"DISCARD ALL", "DEALLOCATE ALL", "DISCARD ALL; ", "deallocate prepare all"})
        for (const bool prepared : {false, true}) {
            on.service.select<Note>(all_notes());
            one(on.service);
            on.service.execute(unsafe_sql(text, "discards", prepared));
            BOOST_TEST(one(on.service) == 1);
            BOOST_TEST(on.service.select<Note>(all_notes()).size() == 2U);
            on.service.with_transaction(
                [&](transaction& tx) { BOOST_TEST(tx.select<Note>(all_notes()).size() == 2U); });
            on.check_kept(pid);
        }
}

BOOST_AUTO_TEST_CASE(behind_our_back_too) {
    // From within a function no command tag tells of it.
    fixture on;
    on.look.run("CREATE FUNCTION forget() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
    const int pid = backend(on.service);
    for (int i = 0; i < 3; ++i) {
        on.service.select<Note>(all_notes());
        on.service.execute(unsafe_sql("SELECT forget()"));
        BOOST_TEST(on.service.select<Note>(all_notes()).size() == 2U);
        BOOST_TEST(one(on.service) == 1);
        on.check_kept(pid);
        // Inside a transaction the error is told once; run again, it succeeds.
        on.service.execute(unsafe_sql("SELECT forget()"));
        const auto body = [&](transaction& tx) {
            tx.execute(unsafe_sql("SELECT 1"));
            BOOST_TEST(tx.select<Note>(all_notes()).size() == 2U);
        };
        check_state(failure_of([&] { on.service.with_transaction(body); }), "26000");
        on.service.with_transaction(body);
        on.check_kept(pid);
    }
}

BOOST_AUTO_TEST_SUITE_END()
