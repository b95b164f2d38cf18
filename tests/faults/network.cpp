// Networks that reset, stall, fall silent, chop and cut: F10 to F14, and what they do to BEGIN and COMMIT: F27, F28, F30.

#include "support/bench.hpp"

#include <pgrepo/pq/connection.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace faults;

// ---- F10: the connection is reset in the middle of a result

BOOST_AUTO_TEST_SUITE(F10)

BOOST_AUTO_TEST_CASE(part_of_a_result_is_no_result) {
    proxied on;
    for (const ending how : {ending::reset, ending::close}) {
        one(on.service);
        const auto before = on.proxy.counts();
        on.proxy.cut_after(way::to_client, 300'000, how);
        std::optional<std::vector<Note>> rows;
        const auto failure = failure_of([&] {
            rows = on.service.select<Note>(
                sql<"SELECT n AS id, repeat('x', 100) AS text FROM generate_series(1, 100000) n", "many">);
        });
        const auto after = on.proxy.counts();
        BOOST_TEST(after.cuts == before.cuts + 1);
        BOOST_TEST(after.to_client.forwarded - before.to_client.forwarded == 300'000U); // rows had arrived
        check_kind(failure, error_kind::connection_lost);
        BOOST_TEST(failure.statement_id() == "many");
        check_says(failure, "may or may not have run");
        BOOST_TEST(!rows.has_value());
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_write_may_have_happened_and_is_not_repeated) {
    proxied on;
    one(on.service);
    on.proxy.cut_after(way::to_client, 3, ending::reset); // the answer is on its way: the row is there
    const auto failure = failure_of([&] { add_note(on.service, 3); });
    BOOST_TEST(on.proxy.counts().cuts == 1U);
    check_kind(failure, error_kind::connection_lost);
    BOOST_TEST(on.notes() == "1,2,3");
    on.check_recovers();
    check_kind(failure_of([&] { add_note(on.service, 3); }), error_kind::unique_violation); // once, then
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(in_a_transaction_nothing_is_kept) {
    proxied on;
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            on.proxy.cut_after(way::to_client, 3, ending::reset);
            add_note(tx, 4);
        });
    });
    BOOST_TEST(on.proxy.counts().cuts == 1U);
    check_kind(failure, error_kind::connection_lost);
    on.check_recovers();
    BOOST_TEST(on.notes() == "1,2");
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_session_reset_while_idle_is_replaced_unseen) {
    proxied on;
    for (int i = 0; i < 10; ++i) {
        const int before = backend(on.service);
        on.proxy.reset_all();
        BOOST_TEST(on.proxy.counts().resets == static_cast<std::size_t>(i + 1));
        std::this_thread::sleep_for(
            25ms); // not for anything to happen: within 10 ms of its use a session is not looked at
        BOOST_TEST(backend(on.service) != before);
    }
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F11: the server's bytes no longer come

BOOST_AUTO_TEST_SUITE(F11)

BOOST_AUTO_TEST_CASE(a_stalled_answer_ends_at_the_deadline) {
    proxied on;
    for (int i = 0; i < 100; ++i) {
        one(on.service);
        const auto before = on.proxy.counts();
        if (i % 2 == 0)
            on.proxy.swallow(way::to_client);
        else
            on.proxy.stall(way::to_client);
        auto view = on.service.with({.deadline = deadline::in(25ms)});
        const auto failure = ends_within(25ms, [&] { one(view); });
        check_kind(failure, error_kind::deadline_exceeded);
        BOOST_TEST(on.service.connection_info().pool_size == 0U);     // its place is free
        BOOST_TEST(on.proxy.wait_until([&](const proxy_counts& now) { // the server was asked, and answered
            return now.to_server.forwarded > before.to_server.forwarded &&
                   (i % 2 == 1 || now.to_client.swallowed > before.to_client.swallowed);
        }));
        BOOST_TEST(on.proxy.counts().to_client.forwarded == before.to_client.forwarded);
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(half_an_answer_ends_at_the_deadline) {
    proxied on;
    one(on.service);
    const auto before = on.proxy.counts().to_client.forwarded;
    auto view = on.service.with({.deadline = deadline::in(1s)});
    // The first rows come and the rest does not, since nothing reads on.
    bool came = false;
    std::thread staller([&] {
        came = on.proxy.wait_until([&](const proxy_counts& now) { return now.to_client.forwarded > before + 100'000; });
        on.proxy.stall(way::to_client);
    });
    on.proxy.fragment(way::to_client, 2000); // slow enough to be caught in the middle
    const auto failure = ends_within(1s, [&] {
        (void)view.select<Note>(sql<"SELECT n AS id, repeat('x', 1000) AS text FROM generate_series(1, 1000000) n">);
    });
    staller.join();
    BOOST_TEST(came);
    check_kind(failure, error_kind::deadline_exceeded);
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_request_that_is_not_taken_ends_at_the_deadline) {
    proxied on;
    one(on.service);
    on.proxy.stall(way::to_server); // buffers fill: this side waits to write
    auto view = on.service.with({.deadline = deadline::in(200ms)});
    const std::string megabytes(16 << 20, 'x');
    const auto failure =
        ends_within(200ms, [&] { (void)view.select_value<std::int32_t>(sql<"SELECT length($1::text)">, megabytes); });
    check_kind(failure, error_kind::deadline_exceeded);
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_session_that_is_not_answered_is_not_opened) {
    database db(notes_schema);
    fault_proxy proxy(the_server());
    proxy.swallow(way::to_client);
    auto config = through(proxy, db.config());
    config.connect_timeout = 200ms;
    auto failure = ends_within(200ms, [&] { postgres_service service(config); });
    check_kind(failure, error_kind::connect_failed);
    check_says(failure, "no answer within 200 ms");
    BOOST_TEST(proxy.counts().sessions == 1U);
    BOOST_TEST(proxy.counts().to_client.swallowed > 0U);
    // Later, for a call with a deadline of its own: that one is named.
    proxy.pass();
    config.connect_timeout = 1s;
    postgres_service service(config);
    db.kill();
    std::this_thread::sleep_for(25ms); // so long that its death is looked for
    proxy.swallow(way::to_client);
    failure = ends_within(150ms, [&] {
        auto view = service.with({.deadline = deadline::in(150ms)});
        one(view);
    });
    check_kind(failure, error_kind::deadline_exceeded);
    // The pool waits for its answer until connect_timeout, then gives the place back, and tries again for whoever asks.
    BOOST_TEST(service.connection_info().pool_size == 1U);
    proxy.pass();
    wait_for("a session", [&] { return pgrepo::try_([&] { return one(service); }).has_value(); });
    BOOST_TEST(service.connection_info().pool_size == 1U);
    db.wait_for_sessions(1);
}

BOOST_AUTO_TEST_CASE(asking_whether_it_is_connected_takes_two_seconds_at_most) {
    proxied on;
    BOOST_TEST(on.service.is_connected());
    on.proxy.swallow(way::to_client);
    const auto start = stopwatch::now();
    BOOST_TEST(!on.service.is_connected());
    BOOST_TEST((stopwatch::now() - start < 2s + most_overshoot));
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_waiter_is_served_when_the_stalled_call_gives_up) {
    proxied on;
    one(on.service);
    on.proxy.on_text("pg_sleep", fate::hide_answer);
    timed_failure failure;
    std::thread stalled([&] {
        failure.take([&] { on.service.with({.deadline = deadline::in(300ms)}).execute(sql<"SELECT pg_sleep(0)">); });
    });
    BOOST_TEST(on.proxy.wait_until([](const proxy_counts& now) { return now.matches == 1; }));
    BOOST_TEST(one(on.service) == 1); // waits for the only place, and gets it
    stalled.join();
    check_kind(failure.within(300ms), error_kind::deadline_exceeded);
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F12: the link is down and nobody says so

BOOST_AUTO_TEST_SUITE(F12)

BOOST_AUTO_TEST_CASE(silence_both_ways_ends_at_the_deadline) {
    proxied on;
    for (int i = 0; i < 100; ++i) {
        one(on.service);
        const auto before = on.proxy.counts();
        on.proxy.swallow(way::to_server);
        on.proxy.swallow(way::to_client);
        if (i % 10 == 0) std::this_thread::sleep_for(25ms); // looked at before it is used, or not
        auto view = on.service.with({.deadline = deadline::in(25ms)});
        const auto failure = ends_within(25ms, [&] { add_note(view, 3); });
        check_kind(failure, error_kind::deadline_exceeded);
        BOOST_TEST(on.proxy.wait_until(
            [&](const proxy_counts& now) { return now.to_server.swallowed > before.to_server.swallowed; }));
        BOOST_TEST(on.proxy.counts().to_server.forwarded == before.to_server.forwarded);
        on.check_recovers();
        BOOST_TEST(on.notes() == "1,2");
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_commit_into_silence_is_unknown) {
    proxied on(1, 300ms);
    std::optional<stopwatch::time_point> silent;
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            on.proxy.swallow(way::to_server);
            on.proxy.swallow(way::to_client);
            silent = stopwatch::now();
        });
    });
    BOOST_TEST((stopwatch::now() - *silent < 300ms + most_overshoot));
    BOOST_TEST(on.proxy.counts().to_server.swallowed > 0U);
    check_kind(failure, error_kind::commit_unknown);
    on.check_recovers();
    BOOST_TEST(on.notes() == "1,2");
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(the_kernel_looks_after_links_that_nobody_uses) {
    // Both are needed: keepalives find a link that died with nothing in flight, the user timeout one with something.
    proxied on;
    one(on.service);
    int found = 0;
    for (int descriptor = 3; descriptor < 256; ++descriptor) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || peer.sin_family != AF_INET ||
            ntohs(peer.sin_port) != on.proxy.port())
            continue;
        ++found;
        const auto option = [descriptor](int level, int name) {
            int value = -1;
            socklen_t length = sizeof value;
            ::getsockopt(descriptor, level, name, &value, &length);
            return value;
        };
        BOOST_TEST(option(SOL_SOCKET, SO_KEEPALIVE) == 1);
        BOOST_TEST(option(IPPROTO_TCP, TCP_KEEPIDLE) == 30);
        BOOST_TEST(option(IPPROTO_TCP, TCP_KEEPINTVL) == 10);
        BOOST_TEST(option(IPPROTO_TCP, TCP_KEEPCNT) == 3);
        BOOST_TEST(option(IPPROTO_TCP, TCP_USER_TIMEOUT) == 60000);
    }
    BOOST_TEST(found == 1);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F13: tiny fragments

BOOST_AUTO_TEST_SUITE(F13)

BOOST_AUTO_TEST_CASE(a_thousand_queries_in_pieces) {
    proxied on;
    on.proxy.fragment(way::to_server, 40);
    on.proxy.fragment(way::to_client, 40);
    const auto before = on.proxy.counts();
    for (std::int32_t i = 0; i < 1000; ++i) {
        const auto text = std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i);
        const auto row = on.service.select_one<Note>(sql<"SELECT $1 + 1 AS id, $2 AS text">, i, text);
        BOOST_REQUIRE(row.has_value());
        if (row->id != i + 1 || row->text != text) BOOST_ERROR("a wrong row at " << i);
    }
    const auto after = on.proxy.counts();
    BOOST_TEST(after.to_client.pieces - before.to_client.pieces > 3000U); // three or more to an answer
    BOOST_TEST(after.to_server.pieces - before.to_server.pieces > 3000U);
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(single_bytes) {
    database db(notes_schema);
    fault_proxy proxy(the_server());
    proxy.fragment(way::to_server, 1);
    proxy.fragment(way::to_client, 1);
    postgres_service service(through(proxy, db.config())); // the session's opening too
    for (std::int32_t i = 3; i < 13; ++i) service.with_transaction([&](transaction& tx) { add_note(tx, i); });
    const auto failure = failure_of([&] { add_note(service, 1); }); // an error's message too
    check_kind(failure, error_kind::unique_violation);
    BOOST_TEST(failure.constraint() == "notes_pkey");
    BOOST_TEST(service.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes">) == 12);
    const auto counts = proxy.counts();
    BOOST_TEST(counts.to_client.pieces == counts.to_client.forwarded);
    BOOST_TEST(counts.sessions == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F14: the stream ends after n bytes, for every n

BOOST_AUTO_TEST_SUITE(F14)

namespace {

/// Runs the call with the stream cut after 0, 1, 2, … bytes until nothing is cut any more: each of these is an error and the
/// last a success. `check` looks at each error.
template <class Call, class Check> void for_every_cut(proxied& on, way which, Call&& call, Check&& check) {
    for (std::size_t n = 0;; ++n) {
        on.proxy.pass();
        // The same session state each time: the cut one is gone, and a new one has prepared nothing but this.
        one(on.service);
        const auto before = on.proxy.counts();
        on.proxy.cut_after(which, n, n % 5 == 4 ? ending::reset : ending::close);
        auto answered = pgrepo::try_([&] { call(n); });
        const auto after = on.proxy.counts();
        const auto& passed = which == way::to_client ? after.to_client : after.to_server;
        const auto& passed_before = which == way::to_client ? before.to_client : before.to_server;
        if (after.cuts == before.cuts) { // n is all of it
            BOOST_TEST(answered.has_value(),
                       n << " bytes are all of it: " << (answered ? "" : answered.error().what()));
            BOOST_TEST(n > 30U); // it was a whole message after all
            BOOST_TEST(passed.forwarded - passed_before.forwarded == n);
            break;
        }
        BOOST_TEST(passed.forwarded - passed_before.forwarded == n);
        BOOST_REQUIRE_MESSAGE(!answered, "a success after " << n << " bytes");
        check(n, answered.error());
    }
    on.check_recovers();
}

} // namespace

BOOST_AUTO_TEST_CASE(every_byte_of_an_answer) {
    proxied on;
    for_every_cut(
        on, way::to_client,
        [&](std::size_t n) {
            const auto rows = on.service.select<Note>(sql<"SELECT id, text FROM notes ORDER BY id", "read">);
            if (rows.size() != 2 || rows[1].text != "two") BOOST_ERROR("wrong rows after " << n << " bytes");
        },
        [](std::size_t n, const pgrepo::error& failure) {
            BOOST_TEST((failure.kind() == error_kind::connection_lost), n << ": " << failure.what());
        });
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_request) {
    // Not one of the rows of a request that was cut is there: the server acts at the last byte.
    proxied on;
    for_every_cut(
        on, way::to_server, [&](std::size_t) { add_note(on.service, 3); },
        [&](std::size_t n, const pgrepo::error& failure) {
            BOOST_TEST((failure.kind() == error_kind::connection_lost), n << ": " << failure.what());
            BOOST_TEST(on.notes() == "1,2");
        });
    BOOST_TEST(on.notes() == "1,2,3");
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_writes_answer) {
    // Each of the rows is there: the server has acted, and nobody may call it a success or repeat it.
    proxied on;
    std::int32_t rows = 2;
    for_every_cut(
        on, way::to_client, [&](std::size_t n) { add_note(on.service, static_cast<std::int32_t>(1000 + n)), ++rows; },
        [&](std::size_t n, const pgrepo::error& failure) {
            BOOST_TEST((failure.kind() == error_kind::connection_lost), n << ": " << failure.what());
            ++rows;
            BOOST_TEST(on.look.run("SELECT count(*) FROM notes") == std::to_string(rows));
        });
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_transactions_first_trip) {
    // BEGIN, the statement's preparation and the statement travel together; whatever of it came, nothing is kept.
    for (const way which : {way::to_client, way::to_server}) {
        proxied on;
        std::size_t cuts = 0;
        for (std::size_t n = 0;; ++n) {
            bool went_on = false;
            on.proxy.pass();
            one(on.service);
            const auto answered = pgrepo::try_([&] {
                on.service.with_transaction([&](transaction& tx) {
                    on.proxy.cut_after(which, n, n % 5 == 4 ? ending::reset : ending::close);
                    add_note(tx, 3);
                    went_on = true;
                    on.proxy.pass();
                    tx.execute(sql<"DELETE FROM notes WHERE id = 3">);
                });
            });
            BOOST_TEST(on.notes() == "1,2");
            if (on.proxy.counts().cuts == cuts) { // n was all of it
                BOOST_TEST(answered.has_value());
                BOOST_TEST(n > 60U);
                break;
            }
            ++cuts;
            BOOST_TEST(!went_on, "a success after " << n << " bytes");
            BOOST_REQUIRE(!answered);
            BOOST_TEST((answered.error().kind() == error_kind::connection_lost), n << ": " << answered.error().what());
        }
        on.check_recovers();
        on.check_ends();
    }
}

BOOST_AUTO_TEST_CASE(every_byte_of_commit_and_of_its_answer) {
    for (const way which : {way::to_client, way::to_server}) {
        proxied on;
        const std::size_t whole = which == way::to_client ? 18U : 12U; // CommandComplete and ReadyForQuery; Query
        std::string expected = "1,2";
        for (std::size_t n = 0; n <= whole; ++n) {
            const auto id = static_cast<std::int32_t>(10 + n);
            on.proxy.pass();
            one(on.service);
            const auto answered = pgrepo::try_([&] {
                on.service.with_transaction([&](transaction& tx) {
                    add_note(tx, id);
                    on.proxy.cut_after(which, n, n % 2 == 1 ? ending::reset : ending::close);
                });
            });
            BOOST_TEST(on.proxy.counts().cuts == std::min(n + 1, whole)); // all but the last one
            BOOST_TEST(answered.has_value() == (n == whole), n << " bytes");
            if (!answered) check_kind(answered.error(), error_kind::commit_unknown);
            // An answer that was on its way: committed. A request that was not whole: not.
            if (which == way::to_client || n == whole) expected += "," + std::to_string(id);
            BOOST_TEST(on.notes() == expected);
        }
        on.check_recovers();
        on.check_ends();
    }
}

BOOST_AUTO_TEST_CASE(every_byte_of_an_opening) {
    database db(notes_schema);
    fault_proxy proxy(the_server());
    const auto config = through(proxy, db.config());
    const auto open = [&] { (void)pgrepo::connection::open(config.connection(), deadline::in(20s)); };
    open();
    const std::size_t all = proxy.counts().to_client.forwarded;
    BOOST_TEST(all > 300U);
    for (std::size_t n = 0; n < all; n += n < 30 || n + 30 > all ? 1 : 3) {
        const auto before = proxy.counts().cuts;
        proxy.cut_after(way::to_client, n, n % 5 == 4 ? ending::reset : ending::close);
        const auto failure = failure_of(open);
        BOOST_TEST(proxy.counts().cuts == before + 1);
        BOOST_TEST((failure.kind() == error_kind::connect_failed), n << ": " << failure.what());
        proxy.pass();
    }
    open();
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F27: COMMIT arrives, its answer does not

BOOST_AUTO_TEST_SUITE(F27)

BOOST_AUTO_TEST_CASE(a_lost_answer_to_commit_is_unknown_and_the_row_is_there_once) {
    proxied on;
    for (std::int32_t i = 3; i < 13; ++i) {
        const unsigned line = __LINE__ + 3;
        int runs = 0;
        const auto failure = failure_of([&] {
            on.service.with_transaction([&](transaction& tx) {
                ++runs;
                add_note(tx, i);
                on.proxy.on_text("COMMIT", fate::lose_answer);
            });
        });
        BOOST_TEST(on.proxy.counts().matches == static_cast<std::size_t>(i - 2)); // it went out, and was answered
        BOOST_TEST(on.proxy.counts().to_client.swallowed > 0U);
        check_error(failure, error_kind::commit_unknown, "COMMIT", line, __FILE__);
        BOOST_TEST(runs == 1); // never repeated
        BOOST_TEST(on.look.run("SELECT count(*) FROM notes WHERE id = " + std::to_string(i)) == "1");
        on.check_recovers();
    }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(an_answer_that_never_comes_is_unknown_at_the_deadline) {
    proxied on(1, 300ms);
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            on.proxy.on_text("COMMIT", fate::hide_answer);
        });
    });
    BOOST_TEST(on.proxy.counts().matches == 1U);
    check_kind(failure, error_kind::commit_unknown);
    wait_for("the row", [&] { return on.notes() == "1,2,3"; });
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F28: COMMIT does not arrive

BOOST_AUTO_TEST_SUITE(F28)

BOOST_AUTO_TEST_CASE(a_lost_commit_is_unknown_and_nothing_is_there) {
    proxied on;
    for (std::size_t i = 1; i <= 10; ++i) {
        const auto failure = failure_of([&] {
            on.service.with_transaction([&](transaction& tx) {
                add_note(tx, 3);
                on.proxy.on_text("COMMIT", fate::lose_request);
            });
        });
        BOOST_TEST(on.proxy.counts().matches == i);
        check_kind(failure, error_kind::commit_unknown);
        on.check_recovers(); // the server has noticed, too
        BOOST_TEST(on.notes() == "1,2");
    }
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F30: BEGIN fails or is interrupted

BOOST_AUTO_TEST_SUITE(F30)

BOOST_AUTO_TEST_CASE(an_interrupted_begin_leaks_no_place) {
    proxied on;
    std::size_t matches = 0;
    for (int i = 0; i < 20; ++i)
        for (const fate what : {fate::lose_request, fate::lose_answer}) {
            const bool warm = i % 2 == 0; // the statement is known already, or travels with its first use
            if (warm) on.service.select<Note>(sql<"SELECT id, text FROM notes WHERE id = $1", "read">, 1);
            on.proxy.on_text("BEGIN", what);
            int after = 0;
            const auto failure = failure_of([&] {
                on.service.with_transaction([&](transaction& tx) {
                    tx.select<Note>(sql<"SELECT id, text FROM notes WHERE id = $1", "read">, 1);
                    ++after;
                });
            });
            BOOST_TEST(on.proxy.counts().matches == ++matches);
            check_kind(failure, error_kind::connection_lost);
            BOOST_TEST(after == 0);
            on.check_recovers();
        }
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(swallowed_it_is_not_committed_over) {
    proxied on;
    on.proxy.on_text("BEGIN", fate::lose_answer);
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            check_kind(failure_of([&] { add_note(tx, 3); }), error_kind::connection_lost);
            check_kind(failure_of([&] { add_note(tx, 4); }), error_kind::transaction_aborted); // not in a new session
        });
    });
    BOOST_TEST(on.proxy.counts().matches == 1U);
    check_kind(failure, error_kind::transaction_aborted);
    on.check_recovers();
    BOOST_TEST(on.notes() == "1,2");
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(a_begin_without_an_answer_ends_at_the_deadline) {
    proxied on(1, 200ms);
    on.proxy.on_text("BEGIN", fate::hide_answer);
    const auto failure =
        ends_within(200ms, [&] { on.service.with_transaction([&](transaction& tx) { add_note(tx, 3); }); });
    BOOST_TEST(on.proxy.counts().matches == 1U);
    check_kind(failure, error_kind::deadline_exceeded);
    on.check_recovers();
    BOOST_TEST(on.notes() == "1,2");
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()
