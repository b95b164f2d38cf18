// What networks do to encrypted sessions: F1, F10, F11, F13, F14, F27 again, with a server of the test's own that speaks TLS. A
// record is read whole or not at all, and what OpenSSL holds is not seen on the socket.

#include "support/bench.hpp"

#include <pgrepo/pq/connection.hpp>

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
