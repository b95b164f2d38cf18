// Sessions that end, and what a borrower does to one: F1 to F3, F26, F29, F34, F35, F59, F60.

#include "../support/measurable_memory.hpp"
#include "support/bench.hpp"

#include <pgrepo/pq/pool.hpp>

#include <unistd.h>

#include <atomic>
#include <barrier>
#include <cstdio>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace faults;

namespace {

/// The service of a test that needs no proxy: one session, and what an observer hears.
struct direct {
    explicit direct(std::uint32_t sessions = 1, std::chrono::milliseconds call_timeout = 20s)
        : service(make(sessions, call_timeout)) {}

    database db{notes_schema};
    recorder watcher{};
    postgres_service service;
    session look{db.name()};

    std::string notes() { return look.run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes"); }
    void check_recovers(std::size_t sessions = 1) {
        BOOST_TEST(one(service) == 1);
        BOOST_TEST(service.connection_info().pool_size == sessions);
        db.wait_for_sessions(static_cast<int>(sessions));
        BOOST_TEST(look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "application_name = 'pgrepo' AND state LIKE 'idle in transaction%'") == "0");
    }
    void check_ends() {
        BOOST_TEST(watcher.take_warnings().empty());
        service.close();
        db.wait_for_sessions(0);
    }

private:
    [[nodiscard]] postgres_config make(std::uint32_t sessions, std::chrono::milliseconds call_timeout) {
        auto config = db.config();
        config.pool_max = sessions;
        config.call_timeout = call_timeout;
        config.observer = &watcher;
        return config;
    }
};

/// Until a session is looked at before it is lent again; nothing has to happen meanwhile.
void rest() {
    std::this_thread::sleep_for(25ms);
}

} // namespace

// ---- F1: killed while idle in the pool

BOOST_AUTO_TEST_SUITE(F01)

BOOST_AUTO_TEST_CASE(nobody_sees_it) {
    direct on(3);
    for (int round = 0; round < 5; ++round) {
        // three sessions, since each waits for the two others
        std::vector<std::thread> callers;
        std::vector<int> before(3), after(3);
        std::barrier together(3);
        const auto all = [&](std::vector<int>& pids) {
            for (std::size_t i = 0; i < 3; ++i)
                callers.emplace_back([&, i] {
                    on.service.with_transaction([&](transaction& tx) {
                        pids[i] = backend(tx);
                        together.arrive_and_wait();
                    });
                });
            for (auto& caller : callers) caller.join();
            callers.clear();
        };
        all(before);
        BOOST_TEST(on.db.kill() == 3);
        rest();
        all(after); // throws in none
        for (const int pid : after) BOOST_TEST(std::ranges::count(before, pid) == 0);
        on.check_recovers(3);
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(right_after_its_use_it_is_a_typed_error_once) {
    direct on;
    int seen = 0;
    for (int i = 0; i < 20; ++i) {
        one(on.service);
        BOOST_TEST(on.db.kill() == 1);
        const auto next = pgrepo::try_([&] { one(on.service); });
        if (!next) {
            ++seen;
            check_kind(next.error(), error_kind::connection_lost);
            check_state(next.error(), "57P01");
        }
        on.check_recovers();
    }
    BOOST_TEST_MESSAGE(seen << " of 20 were seen");
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(behind_any_amount_of_stray_data) {
    // The farewell stands behind notifications that nobody has read: looking only at the first bytes would miss it.
    direct on;
    for (const int count : {1, 100, 1000}) {
        on.service.execute(sql<"LISTEN news">);
        const int before = backend(on.service);
        on.look.run("SELECT pg_notify('news', n::text || repeat('x', 1000)) FROM generate_series(1, " +
                    std::to_string(count) + ") n");
        // They go out when the listener is idle; it says goodbye after them.
        on.look.run("SELECT pg_sleep(0.1)");
        BOOST_TEST(on.db.kill() == 1);
        rest();
        const auto next = pgrepo::try_([&] { return backend(on.service); });
        BOOST_TEST(next.has_value(), count << " notifications: " << (next ? "" : next.error().what()));
        if (next) BOOST_TEST(*next != before);
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F2: killed during a query

BOOST_AUTO_TEST_SUITE(F02)

BOOST_AUTO_TEST_CASE(the_call_is_told_why_and_is_not_repeated) {
    direct on;
    on.look.run("CREATE SEQUENCE runs; SELECT pg_advisory_lock(1)");
    for (int i = 1; i <= 5; ++i) {
        std::optional<pgrepo::error> failure;
        std::thread caller([&] {
            failure = failure_of(
                [&] { on.service.execute(sql<"SELECT nextval('runs'), pg_advisory_xact_lock(1)", "waits">); });
        });
        on.db.wait_for_waiters(1, "Lock");
        BOOST_TEST(on.db.kill() == 1);
        caller.join();
        check_kind(failure.value(), error_kind::connection_lost);
        check_state(*failure, "57P01");
        BOOST_TEST(failure->statement_id() == "waits");
        check_says(*failure, "may or may not have run");
        BOOST_TEST(on.look.run("SELECT last_value FROM runs") == std::to_string(i));
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(rows_that_had_come_are_not_a_result) {
    direct on;
    std::optional<std::vector<Note>> rows;
    std::optional<pgrepo::error> failure;
    on.look.run("SELECT pg_advisory_lock(1)");
    std::thread caller([&] {
        failure = failure_of([&] {
            rows =
                on.service.select<Note>(sql<"SELECT n AS id, CASE WHEN n = 90000 THEN pg_advisory_xact_lock(1)::text "
                                            "ELSE repeat('x', 100) END AS text FROM generate_series(1, 100000) n">);
        });
    });
    on.db.wait_for_waiters(1, "Lock");
    BOOST_TEST(on.db.kill() == 1);
    caller.join();
    check_kind(failure.value(), error_kind::connection_lost);
    check_state(*failure, "57P01");
    BOOST_TEST(!rows.has_value());
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F3: killed inside a transaction

BOOST_AUTO_TEST_SUITE(F03)

BOOST_AUTO_TEST_CASE(nothing_of_it_runs_in_another_session) {
    direct on(2);
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            BOOST_TEST(on.db.kill() == 1);
            check_kind(failure_of([&] { add_note(tx, 4); }), error_kind::connection_lost);
            for (int i = 5; i < 8; ++i) {
                const auto later = failure_of([&] { add_note(tx, i); });
                check_kind(later, error_kind::transaction_aborted);
                check_says(later, "connection_lost"); // its cause
            }
            BOOST_TEST(on.db.sessions() == 0); // none was opened for it
        });
    });
    check_kind(failure, error_kind::transaction_aborted);
    BOOST_TEST(on.notes() == "1,2");
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(killed_before_commit_it_is_never_a_success) {
    direct on;
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            BOOST_TEST(on.db.kill() == 1);
        });
    });
    check_kind(failure, error_kind::commit_unknown); // COMMIT went out: to nobody, but that is not known here
    BOOST_TEST(on.notes() == "1,2");
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F26: idle in a transaction for too long

BOOST_AUTO_TEST_SUITE(F26)

BOOST_AUTO_TEST_CASE(it_is_typed_and_nothing_is_kept) {
    direct on;
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            tx.execute(unsafe_sql("SET LOCAL idle_in_transaction_session_timeout = 50"));
            on.db.wait_for_sessions(0); // the server has ended it
            add_note(tx, 4);
        });
    });
    check_kind(failure, error_kind::connection_lost);
    check_state(failure, "25P03");
    check_says(failure, "idle for too long");
    BOOST_TEST(on.notes() == "1,2");
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(found_at_commit_it_is_not_a_success) {
    direct on;
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            tx.execute(unsafe_sql("SET LOCAL idle_in_transaction_session_timeout = 50"));
            on.db.wait_for_sessions(0);
        });
    });
    check_kind(failure, error_kind::commit_unknown);
    check_state(failure, "25P03");
    BOOST_TEST(on.notes() == "1,2");
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(an_idle_session_that_the_server_ends_is_replaced_unseen) {
    direct on;
    on.look.run("ALTER DATABASE " + on.db.name() + " SET idle_session_timeout = 50");
    on.db.kill();
    rest();
    const int before = backend(on.service);
    on.db.wait_for_sessions(0); // 57P05
    rest();
    BOOST_TEST(backend(on.service) != before);
    on.look.run("ALTER DATABASE " + on.db.name() + " RESET idle_session_timeout");
    on.db.kill();
    rest();
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F29: ROLLBACK fails

BOOST_AUTO_TEST_SUITE(F29)

struct own_exception {
    int number;
};

BOOST_AUTO_TEST_CASE(the_exception_that_made_it_necessary_comes_out) {
    direct on;
    for (int i = 0; i < 5; ++i) {
        try {
            on.service.with_transaction([&](transaction& tx) {
                add_note(tx, 3);
                BOOST_TEST(on.db.kill() == 1);
                throw own_exception{i};
            });
            BOOST_ERROR("nothing was thrown");
        } catch (const own_exception& caught) {
            BOOST_TEST(caught.number == i);
        }
        BOOST_TEST(on.notes() == "1,2");
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(also_where_the_network_loses_it) {
    for (const fate what : {fate::lose_request, fate::lose_answer, fate::hide_answer, fate::hide_request}) {
        proxied on(1, 200ms);
        on.proxy.on_text("ROLLBACK", what);
        const auto start = stopwatch::now();
        BOOST_CHECK_THROW(on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            throw own_exception{1};
        }),
                          own_exception);
        BOOST_TEST((stopwatch::now() - start < 200ms + most_overshoot)); // it does not wait for ever
        BOOST_TEST(on.proxy.counts().matches == 1U);
        BOOST_TEST(on.notes() == "1,2");
        if (what == fate::hide_request) on.db.kill(); // the proxy keeps its end of a link that is down
        on.check_recovers();
        on.check_ends();
    }
}

BOOST_AUTO_TEST_CASE(the_first_of_the_servers_errors_comes_out) {
    proxied on(1, 200ms);
    on.proxy.on_text("ROLLBACK", fate::lose_request);
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            add_note(tx, 1);
        });
    });
    BOOST_TEST(on.proxy.counts().matches == 1U);
    check_kind(failure, error_kind::unique_violation);
    BOOST_TEST(on.notes() == "1,2");
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F34: BEGIN, COMMIT and ROLLBACK in the user's SQL

BOOST_AUTO_TEST_SUITE(F34)

BOOST_AUTO_TEST_CASE(a_transaction_left_open_does_not_come_back) {
    direct on;
    for (const char* text : {"BEGIN", "START TRANSACTION READ ONLY", "begin isolation level serializable"}) {
        const int before = backend(on.service);
        const unsigned line = __LINE__ + 1;
        const auto failure = failure_of([&] { on.service.execute(unsafe_sql(text, "raw")); });
        check_error(failure, error_kind::usage, "raw", line, __FILE__);
        check_says(failure, "with_transaction");
        const auto warnings = on.watcher.take_warnings();
        BOOST_REQUIRE(warnings.size() == 1U);
        BOOST_TEST(warnings[0].starts_with("returned_busy: "));
        BOOST_TEST(warnings[0].find("sessions.cpp:" + std::to_string(line)) != std::string::npos, warnings[0]);
        BOOST_TEST(backend(on.service) != before);
        add_note(on.service, 3); // commits by itself: it is part of nothing
        BOOST_TEST(on.notes() == "1,2,3");
        on.look.run("DELETE FROM notes WHERE id = 3");
        on.check_recovers();
    }
    // Without one open they are harmless, and the server says so as a warning.
    on.service.execute(unsafe_sql("COMMIT"));
    on.service.execute(unsafe_sql("ROLLBACK"));
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_transaction_ended_from_inside_is_not_gone_on_with) {
    direct on;
    for (const char* text : {"COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "END", "ABORT"}) {
        const std::string word = text;
        const bool keeps =
            word.starts_with("COMMIT") || word == "END"; // what came before it is kept, by the user's word
        const auto failure = failure_of([&] {
            on.service.with_transaction([&](transaction& tx) {
                add_note(tx, 3);
                tx.execute(unsafe_sql(text));
                add_note(tx, 4); // would be kept or lost whatever becomes of the function
            });
        });
        check_kind(failure, error_kind::usage);
        BOOST_TEST(on.notes() == (keeps ? "1,2,3" : "1,2"), word);
        on.look.run("DELETE FROM notes WHERE id > 2");
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F35: a session used after it was given back

BOOST_AUTO_TEST_SUITE(F35)

BOOST_AUTO_TEST_CASE(a_loan_that_was_given_back_holds_nothing) {
    database db(notes_schema);
    pgrepo::pool pool(db.config().connection(), {.max = 2});
    auto first = pool.acquire();
    pgrepo::loan moved = std::move(first);
    BOOST_TEST(!first); // NOLINT(bugprone-use-after-move): that is the test
    const auto empty = [](const auto& call) {
        const auto failure = failure_of(call);
        check_kind(failure, error_kind::usage);
        check_says(failure, "holds no connection");
    };
    empty([&] { (void)first->backend_pid(); });
    empty([&] { (void)*first; });
    BOOST_TEST(static_cast<bool>(moved));
    BOOST_TEST(pool.counts().borrowed == 1U);
    first.give_back(); // of nothing
    BOOST_TEST(pool.counts().borrowed == 1U);
    moved.give_back();
    moved.give_back();
    empty([&] { (void)moved->status(); });
    BOOST_TEST(pool.counts().borrowed == 0U);
    BOOST_TEST(pool.counts().idle == 1U);
    // Assigned over, a loan gives back what it held; to itself, nothing happens.
    moved = pool.acquire();
    auto other = pool.acquire();
    BOOST_TEST(pool.counts().borrowed == 2U);
    moved = std::move(other);
    BOOST_TEST(pool.counts().borrowed == 1U);
    auto& same = moved;
    moved = std::move(same);
    BOOST_TEST(static_cast<bool>(moved));
    BOOST_TEST(pool.counts().borrowed == 1U);
}

BOOST_AUTO_TEST_CASE(a_session_whose_socket_was_closed_behind_its_back_is_lost) {
    // Somebody closes descriptors that are not his: the call is told, and no other session is touched.
    proxied on;
    one(on.service);
    int own = -1;
    for (int descriptor = 3; descriptor < 256 && own < 0; ++descriptor) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == on.proxy.port())
            own = descriptor;
    }
    BOOST_REQUIRE(own > 0);
    ::shutdown(own, SHUT_RDWR);
    rest();
    on.check_recovers(); // looked at before it was lent
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F59: what nobody asked for, on an idle session

BOOST_AUTO_TEST_SUITE(F59)

BOOST_AUTO_TEST_CASE(news_is_not_death_and_is_not_printed) {
    std::FILE* const printed = std::tmpfile();
    const int stderr_before = ::dup(2);
    ::dup2(::fileno(printed), 2);
    {
        direct on;
        on.service.execute(sql<"LISTEN news">);
        const int before = backend(on.service);
        for (const int count : {1, 50, 1000}) {
            on.look.run("SELECT pg_notify('news', n::text || repeat('x', 1000)) FROM generate_series(1, " +
                        std::to_string(count) + ") n");
            rest();
            BOOST_TEST(backend(on.service) == before);
            on.service.execute(unsafe_sql("DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE WARNING 'a warning'; END $$"));
            BOOST_TEST(backend(on.service) == before);
        }
        on.service.execute(sql<"UNLISTEN *">);
        // A setting that changes under an idle session is reported to it.
        on.check_recovers();
        on.check_ends();
    }
    ::dup2(stderr_before, 2);
    ::close(stderr_before);
    std::fseek(printed, 0, SEEK_END);
    BOOST_TEST(std::ftell(printed) == 0L);
    std::fclose(printed);
}

BOOST_AUTO_TEST_CASE(notifications_of_a_busy_session_do_not_pile_up,
                     *boost::unit_test::precondition(test::memory_can_be_measured)) {
    direct on;
    on.service.execute(sql<"LISTEN news">);
    one(on.service);
    const auto resident = [] {
        std::ifstream in("/proc/self/statm");
        std::size_t pages = 0, in_memory = 0;
        in >> pages >> in_memory;
        return in_memory * 4096;
    };
    const std::size_t before = resident();
    std::atomic<bool> done{false};
    std::thread talker([&] {
        for (int i = 0; i < 50; ++i)
            on.look.run("SELECT pg_notify('news', n::text || repeat('x', 1000)) FROM generate_series(1, 1000) n");
        done = true;
    });
    while (!done) one(on.service); // never idle for the 10 ms after which a session is looked at
    talker.join();
    const std::size_t now = resident();
    const std::size_t megabytes = now > before ? (now - before) >> 20U : 0;
    BOOST_TEST(megabytes < 16U);
}

BOOST_AUTO_TEST_CASE(the_observer_hears_notices) {
    struct listener : pgrepo::observer {
        void on_notice(const pgrepo::notice_event& event) noexcept override {
            const std::lock_guard lock(mutex);
            heard.push_back(std::string(event.severity) + " " + std::string(event.message));
        }
        std::mutex mutex;
        std::vector<std::string> heard;
    } ears;
    database db(notes_schema);
    auto config = db.config();
    config.observer = &ears;
    postgres_service service(config);
    service.execute(unsafe_sql("DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE WARNING 'a warning'; END $$"));
    service.execute(unsafe_sql("ROLLBACK")); // there is no transaction in progress
    const std::lock_guard lock(ears.mutex);
    BOOST_REQUIRE(ears.heard.size() == 3U);
    BOOST_TEST(ears.heard[0] == "NOTICE a notice");
    BOOST_TEST(ears.heard[1] == "WARNING a warning");
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F60: COPY left open by the user's SQL

BOOST_AUTO_TEST_SUITE(F60)

BOOST_AUTO_TEST_CASE(it_is_an_error_and_the_pool_is_clean) {
    direct on;
    for (const char* text : {"COPY notes FROM STDIN", "COPY notes TO STDOUT", "COPY notes FROM STDIN BINARY",
                             "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT"}) {
        const int before = backend(on.service);
        const unsigned line = __LINE__ + 1;
        const auto failure = failure_of([&] { on.service.execute(unsafe_sql(text, "raw")); });
        check_error(failure, error_kind::usage, "raw", line, __FILE__);
        check_says(failure, "COPY");
        BOOST_TEST(backend(on.service) != before);
        on.check_recovers();
    }
    BOOST_TEST(on.notes() == "1,2");
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(in_a_transaction_nothing_is_kept) {
    direct on;
    for (const bool first : {true, false}) {
        const auto failure = failure_of([&] {
            on.service.with_transaction([&](transaction& tx) {
                if (!first) add_note(tx, 3);
                check_kind(failure_of([&] { tx.execute(unsafe_sql("COPY notes FROM STDIN")); }), error_kind::usage);
                check_kind(failure_of([&] { add_note(tx, 4); }), error_kind::transaction_aborted);
            });
        });
        check_kind(failure, error_kind::transaction_aborted);
        BOOST_TEST(on.notes() == "1,2");
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()
