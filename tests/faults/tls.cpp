// What a cancel carries (F49), and what networks do to encrypted sessions: F1, F10, F11, F13, F14, F27 again, with a server of the test's own that speaks TLS. A
// record is read whole or not at all, and what OpenSSL holds is not seen on the socket.

#include "support/bench.hpp"

#include <pgrepo/pq/connection.hpp>

#include <memory>

using namespace faults;

namespace {

struct encrypted {
    encrypted() : service(make(this)) { BOOST_TEST(proxy.counts().sessions == 1U); }

    [[nodiscard]] postgres_config config() {
        auto out = through(proxy, db.config());
        out.tls = pgrepo::tls_mode::verify_full;
        out.tls_ca = environment("POSTGRES_SSL_CA");
        out.pool_max = 1;
        return out;
    }
    std::string notes() { return look.run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes"); }
    void check_recovers() {
        proxy.pass();
        BOOST_TEST(one(service) == 1);
        db.wait_for_sessions(1);
        BOOST_TEST(look.run("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = "
                            "current_database() AND application_name = 'pgrepo'") == "t");
    }

    database db{notes_schema};
    fault_proxy proxy{{"127.0.0.1", static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_TCP_PORT")))}};
    postgres_service service;
    session look{db.name()};

private:
    static postgres_config make(encrypted* self) { return self->config(); }
};

void rest() {
    std::this_thread::sleep_for(25ms);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls, encrypted)

BOOST_AUTO_TEST_CASE(killed_while_idle_it_is_replaced_unseen) {
    for (int i = 0; i < 5; ++i) {
        const int before = backend(service);
        BOOST_TEST(db.kill() == 1);
        rest();
        BOOST_TEST(backend(service) != before);
    }
    // Behind more than one buffer, and one record, of stray data.
    service.execute(sql<"LISTEN news">);
    const int before = backend(service);
    look.run("SELECT pg_notify('news', n::text || repeat('x', 1000)) FROM generate_series(1, 300) n");
    look.run("SELECT pg_sleep(0.1)");
    BOOST_TEST(db.kill() == 1);
    rest();
    BOOST_TEST(backend(service) != before);
    // And news alone is no death.
    service.execute(sql<"LISTEN news">);
    const int listener = backend(service);
    look.run("SELECT pg_notify('news', n::text || repeat('x', 1000)) FROM generate_series(1, 300) n");
    rest();
    BOOST_TEST(backend(service) == listener);
    check_recovers();
}

BOOST_AUTO_TEST_CASE(reset_and_cut_anywhere_it_is_an_error_and_never_a_wrong_row) {
    const auto read = [&] { return service.select<Note>(sql<"SELECT id, text FROM notes ORDER BY id", "read">); };
    for (std::size_t n = 0, cuts = 0;; n += 3) {
        proxy.pass();
        one(service);
        proxy.cut_after(way::to_client, n, n % 2 == 1 ? ending::reset : ending::close);
        std::vector<Note> rows;
        const auto answered = pgrepo::try_([&] { rows = read(); });
        if (proxy.counts().cuts == cuts) {
            BOOST_TEST(answered.has_value());
            BOOST_TEST(rows.size() == 2U);
            BOOST_TEST(n > 60U);
            break;
        }
        ++cuts;
        BOOST_REQUIRE_MESSAGE(!answered, "a success after " << n << " bytes");
        check_kind(answered.error(), error_kind::connection_lost);
    }
    check_recovers();
}

BOOST_AUTO_TEST_CASE(cut_while_it_is_opened) {
    const auto open = [&] { (void)pgrepo::connection::open(config().connection(), deadline::in(20s)); };
    const auto start = proxy.counts().to_client.forwarded;
    open();
    // The server says goodbye to that session: what is cut must be the next one's.
    BOOST_TEST(proxy.wait_until([](const proxy_counts& now) { return now.open == 1; }));
    const std::size_t all = proxy.counts().to_client.forwarded - start;
    for (std::size_t n = 0; n < all - 100; n += 41) { // tickets and goodbyes vary in size
        const auto before = proxy.counts().cuts;
        proxy.cut_after(way::to_client, n, n % 2 == 1 ? ending::reset : ending::close);
        const auto failure = failure_of(open);
        BOOST_TEST(proxy.counts().cuts == before + 1);
        check_kind(failure, error_kind::connect_failed);
        proxy.pass();
    }
    open();
}

BOOST_AUTO_TEST_CASE(large_results_come_whole_or_not_at_all) {
    constexpr auto many = sql<"SELECT n AS id, repeat('x', 100) AS text FROM generate_series(1, 20000) n", "many">;
    for (const std::size_t after : {100'000U, 500'000U, 1'000'000U}) {
        one(service);
        proxy.cut_after(way::to_client, after, ending::reset);
        check_kind(failure_of([&] { (void)service.select<Note>(many); }), error_kind::connection_lost);
        check_recovers();
    }
    proxy.fragment(way::to_client, 5000);
    BOOST_TEST(service.select<Note>(many).size() == 20000U);
    BOOST_TEST((service.select_value<std::int32_t>(sql<"SELECT length($1::text)">, std::string(5 << 20, 'x'))) ==
               5 << 20);
    check_recovers();
}

BOOST_AUTO_TEST_CASE(pieces_have_no_effect) {
    proxy.fragment(way::to_server, 40);
    proxy.fragment(way::to_client, 40);
    const auto before = proxy.counts().to_client.pieces;
    for (std::int32_t i = 0; i < 200; ++i) {
        const auto row = service.select_one<Note>(sql<"SELECT $1 + 1 AS id, 'x' AS text">, i);
        BOOST_REQUIRE((row && row->id == i + 1));
    }
    BOOST_TEST(proxy.counts().to_client.pieces - before > 600U);
    (void)pgrepo::connection::open(config().connection()); // opened in pieces, too
    check_recovers();
}

BOOST_AUTO_TEST_CASE(stalled_it_ends_at_the_deadline) {
    for (const bool swallowed : {true, false}) {
        one(service);
        if (swallowed)
            proxy.swallow(way::to_client);
        else
            proxy.stall(way::to_client);
        auto view = service.with({.deadline = deadline::in(100ms)});
        check_kind(ends_within(100ms, [&] { one(view); }), error_kind::deadline_exceeded);
        check_recovers();
    }
    one(service);
    proxy.stall(way::to_server); // a request that is not taken
    auto view = service.with({.deadline = deadline::in(300ms)});
    const std::string megabytes(8 << 20, 'x');
    check_kind(
        ends_within(300ms, [&] { (void)view.select_value<std::int32_t>(sql<"SELECT length($1::text)">, megabytes); }),
        error_kind::deadline_exceeded);
    proxy.pass();
    // In the middle of the handshake.
    proxy.swallow(way::to_client);
    auto slow = config();
    slow.connect_timeout = 200ms;
    check_kind(ends_within(200ms, [&] { (void)pgrepo::connection::open(slow.connection()); }),
               error_kind::connect_failed);
    check_recovers();
}

BOOST_AUTO_TEST_CASE(a_cut_commit_is_unknown) {
    std::string expected = "1,2";
    for (std::size_t n = 0; n <= 100; n += 5) {
        const auto id = static_cast<std::int32_t>(10 + n);
        proxy.pass();
        one(service);
        const auto before = proxy.counts().cuts;
        const auto answered = pgrepo::try_([&] {
            service.with_transaction([&](transaction& tx) {
                add_note(tx, id);
                proxy.cut_after(way::to_client, n, ending::close);
            });
        });
        expected += "," + std::to_string(id);
        BOOST_TEST(answered.has_value() == (proxy.counts().cuts == before));
        if (!answered) check_kind(answered.error(), error_kind::commit_unknown);
        BOOST_TEST(notes() == expected);
    }
    check_recovers();
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// The start of a cancel request as libpq sends it in the clear; the session's process id and secret follow.
const std::string cancel_in_clear("\0\0\0\x10\x04\xd2\x16\x2e", 8);
constexpr auto long_sleep = sql<"SELECT pg_sleep(600)::text", "long_sleep">;
#if defined(LIBPQ_HAS_ASYNC_CANCEL)
constexpr bool libpq_encrypts = true;
#else
constexpr bool libpq_encrypts = false;
#endif

struct sleeping : encrypted {
    sleeping() {
        one(service);
        proxy.on_text(cancel_in_clear, fate::pass);
    }
    [[nodiscard]] std::string sleepers() {
        return look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                        "AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()");
    }
    void wait_for_sleepers(const std::string& count) {
        wait_for("the sleep's begin or end", [&] { return sleepers() == count; });
    }
    /// A call that ends at its deadline while the server sleeps for it.
    static pgrepo::error give_up(postgres_service& on) {
        return failure_of(
            [&] { (void)on.with({.deadline = deadline::in(300ms)}).select_value<std::string>(long_sleep); });
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(F49, sleeping)

// The fault: what libpq's PQcancel sends for a session that is encrypted.
BOOST_AUTO_TEST_CASE(a_plain_cancel_of_an_encrypted_session_is_in_the_clear) {
    struct closer {
        void operator()(PGconn* link) const { PQfinish(link); }
        void operator()(PGcancel* key) const { PQfreeCancel(key); }
    };
    const auto port = std::to_string(proxy.port()), user = environment("POSTGRES_USER"),
               password = environment("POSTGRES_PASSWORD");
    const char* keys[] = {"host", "port", "user", "password", "dbname", "sslmode", nullptr};
    const char* values[] = {"127.0.0.1",       port.c_str(), user.c_str(), password.c_str(),
                            db.name().c_str(), "require",    nullptr};
    const std::unique_ptr<PGconn, closer> link(PQconnectdbParams(keys, values, 0));
    BOOST_REQUIRE(PQstatus(link.get()) == CONNECTION_OK);
    BOOST_TEST(PQsslInUse(link.get()) == 1);
    BOOST_TEST(PQsendQuery(link.get(), "SELECT pg_sleep(600)") == 1);
    wait_for_sleepers("1");
    BOOST_TEST(proxy.counts().matches == 0U);
    const std::unique_ptr<PGcancel, closer> key(PQgetCancel(link.get()));
    char why_not[256];
    BOOST_TEST(PQcancel(key.get(), why_not, static_cast<int>(sizeof why_not)) == 1);
    BOOST_TEST(proxy.wait_until([](const proxy_counts& now) { return now.matches == 1; }));
    wait_for_sleepers("0");
}

BOOST_AUTO_TEST_CASE(ours_is_encrypted_or_not_sent) {
    const auto before = proxy.counts().sessions;
    const auto failure = give_up(service);
    check_kind(failure, error_kind::deadline_exceeded);
    if (libpq_encrypts) {
        check_says(failure, "the server was asked to cancel");
        wait_for_sleepers("0");
        BOOST_TEST(proxy.counts().sessions == before + 1);
    } else {
        check_says(failure, "the server was not asked to cancel");
        check_says(failure, "cancel_in_clear");
        BOOST_TEST(sleepers() == "1");
        one(service); // in a session of its own
        BOOST_TEST(proxy.counts().sessions == before + 1);
        look.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()");
        wait_for_sleepers("0");
    }
    BOOST_TEST(proxy.counts().matches == 0U);
    check_recovers();
}

BOOST_AUTO_TEST_CASE(in_the_clear_it_is_sent_where_that_was_asked_for) {
    auto with = config();
    with.cancel_in_clear = true;
    postgres_service talkative(with);
    const auto failure = give_up(talkative);
    check_kind(failure, error_kind::deadline_exceeded);
    check_says(failure, "the server was asked to cancel");
    wait_for_sleepers("0");
    BOOST_TEST(proxy.counts().matches == (libpq_encrypts ? 0U : 1U));
    talkative.close();
    check_recovers();
}

// What the guide names instead.
BOOST_AUTO_TEST_CASE(a_server_that_looks_for_its_client_stops_without_a_cancel) {
    look.run("ALTER DATABASE " + db.name() + " SET client_connection_check_interval = '100ms'");
    postgres_service watched(config());
    check_kind(give_up(watched), error_kind::deadline_exceeded);
    wait_for_sleepers("0");
    BOOST_TEST(proxy.counts().matches == 0U);
    watched.close();
    check_recovers();
}

BOOST_AUTO_TEST_SUITE_END()
