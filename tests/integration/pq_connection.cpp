#include "pq_support.hpp"

#include <pgrepo/pq/connection.hpp>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>

using namespace pq_test;
using pgrepo::connection;
using pgrepo::deadline;
using pgrepo::error_kind;
using pgrepo::transaction_status;

// libpq sends through this one instead of the C library's: a trip to the server is one call of it.
static thread_local int sends = 0;
extern "C" ssize_t send(int socket, const void* bytes, size_t size, int flags) {
    ++sends;
    return ::syscall(SYS_sendto, socket, bytes, size, flags, nullptr, 0);
}

namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::chrono::milliseconds since(deadline::clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline::clock::now() - start);
}

void check_kind(const pgrepo::error& caught, error_kind wanted) {
    BOOST_TEST((caught.kind() == wanted), caught.what() << " is not " << to_string(wanted));
}

struct open_connection {
    recorder seen; // before the link, which tells it of its end
    std::unique_ptr<connection> link = connection::open(server());
};

/// A socket on loopback that listens and does `with` each connection.
class stranger {
public:
    template <class Function> explicit stranger(Function with) {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        BOOST_REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(::listen(listener_, 8) == 0);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, with] {
            for (;;) {
                const int peer = ::accept(listener_, nullptr, nullptr);
                if (peer < 0) return;
                with(peer);
                ::close(peer);
            }
        });
    }
    ~stranger() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    stranger(const stranger&) = delete;
    stranger& operator=(const stranger&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

class variable {
public:
    variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~variable() { ::unsetenv(name_); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

private:
    const char* name_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(pq_opening)

BOOST_AUTO_TEST_CASE(a_session_is_what_was_asked_for) {
    recorder seen;
    auto link = connection::open(server(), {}, &seen);
    BOOST_TEST(link->usable());
    BOOST_TEST((link->status() == transaction_status::idle));
    BOOST_TEST(link->server_version() >= 130000);
    BOOST_TEST(link->backend_pid() > 0);
    BOOST_TEST(link->parameter("client_encoding") == "UTF8");
    BOOST_TEST(link->parameter("application_name") == "pgrepo");
    BOOST_TEST(link->parameter("no such thing").empty());
    BOOST_TEST(integer(run(*link, "SELECT pg_backend_pid()")) == link->backend_pid());
    link->close();
    link->close();
    BOOST_TEST(!link->usable());
    BOOST_TEST((link->status() == transaction_status::unknown));
    BOOST_TEST(link->backend_pid() == 0);
    check_kind(failure([&] { run(*link, "SELECT 1"); }), error_kind::closed);
    BOOST_TEST((seen.sessions == std::vector<std::string>{"opened", "closed"}));
}

BOOST_AUTO_TEST_CASE(refusals_are_typed_and_hold_no_secret) {
    auto with = server();
    with.password = pgrepo::secret("pw-Canary_7!x-wrong");
    auto caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::authentication_failed);
    BOOST_TEST(caught.sqlstate().code() == "28P01");
    BOOST_TEST(!has(caught.what(), "Canary"));
    BOOST_TEST(has(caught.what(), with.user));
    BOOST_TEST(has(caught.what(), "check user and password"));

    ::unsetenv("PGPASSWORD");
    with.password = {};
    caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::authentication_failed);
    BOOST_TEST(has(caught.what(), "asks for a password"));

    with = server();
    with.database = "no_such_database";
    caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::connect_failed);
    BOOST_TEST(caught.sqlstate().code() == "3D000");
    BOOST_TEST(has(caught.what(), "no_such_database"));
    BOOST_TEST(has(caught.what(), "does not exist"));

    with = server();
    with.user = "no such\nuser";
    caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::authentication_failed);
    BOOST_TEST(has(caught.what(), "no such\\x0auser"));
}

BOOST_AUTO_TEST_CASE(nothing_that_listens) {
    auto with = server();
    with.host = "/nonexistent";
    auto caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::connect_failed);
    BOOST_TEST(has(caught.what(), "no such socket"));

    for (const char* host : {"127.0.0.1", "localhost"}) {
        with.host = host;
        with.port = stranger([](int) {}).port(); // closed again
        caught = failure([&] { (void)connection::open(with); });
        check_kind(caught, error_kind::connect_failed);
        BOOST_TEST(has(caught.what(), "connection refused"), caught.what());
    }

    with.host = "no-such-host.invalid";
    if (::access("/etc/ssl/certs/ca-certificates.crt", R_OK) != 0) return;
    caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::connect_failed);
    BOOST_TEST((has(caught.what(), "no such host") || has(caught.what(), "looked up")), caught.what());
}

BOOST_AUTO_TEST_CASE(a_server_that_never_answers) {
    std::atomic<bool> over = false;
    stranger silent([&](int) { over.wait(false); });
    auto with = server();
    with.host = "127.0.0.1";
    with.port = silent.port();
    with.connect_timeout = 150ms;
    auto start = deadline::clock::now();
    auto caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::connect_failed);
    BOOST_TEST(has(caught.what(), "no answer within 150 ms"));
    BOOST_TEST(since(start).count() < 5000);

    start = deadline::clock::now();
    caught = failure([&] { (void)connection::open(with, deadline::in(50ms)); });
    check_kind(caught, error_kind::deadline_exceeded);
    BOOST_TEST(since(start).count() < 5000);
    over = true;
    over.notify_all();
}

BOOST_AUTO_TEST_CASE(a_server_that_talks_nonsense) {
    auto with = server();
    with.host = "127.0.0.1";
    for (const std::string_view answer :
         {std::string_view("HTTP/1.1 400 \x1b[31mpw-Canary_7!x\n\n"), std::string_view("")}) {
        stranger odd([&](int peer) {
            char request[512];
            if (::recv(peer, request, sizeof request, 0) > 0 && !answer.empty())
                (void)!::write(peer, answer.data(), answer.size());
        });
        with.port = odd.port();
        const auto caught = failure([&] { (void)connection::open(with); });
        check_kind(caught, error_kind::connect_failed);
        BOOST_TEST(!has(caught.what(), "Canary"));
        BOOST_TEST(!has(caught.what(), "\x1b"));
    }
}

BOOST_AUTO_TEST_CASE(a_network_host_must_offer_tls) {
    // Loopback, but told to verify: a server that says 'N' to the TLS request does not get the password.
    std::atomic<int> bytes = 0;
    stranger plain([&](int peer) {
        char request[512];
        bytes += static_cast<int>(::recv(peer, request, sizeof request, 0));
        (void)!::write(peer, "N", 1);
        const auto more = ::recv(peer, request, sizeof request, 0);
        if (more > 0) bytes += static_cast<int>(more);
    });
    auto with = server();
    with.host = "127.0.0.1";
    with.port = plain.port();
    with.tls = pgrepo::tls_mode::verify_full;
    with.tls_ca = "/etc/ssl/certs/ca-certificates.crt";
    if (::access(with.tls_ca.c_str(), R_OK) != 0) return;
    const auto caught = failure([&] { (void)connection::open(with); });
    check_kind(caught, error_kind::connect_failed);
    BOOST_TEST(has(caught.what(), "does not offer TLS"));
    BOOST_TEST(bytes == 8); // the TLS request and no more
}

BOOST_AUTO_TEST_CASE(the_environment_does_not_count) {
    const variable host("PGHOST", "192.0.2.1"), address("PGHOSTADDR", "192.0.2.1"), port("PGPORT", "1");
    const variable user("PGUSER", "nobody"), password("PGPASSWORD", "nothing"), database("PGDATABASE", "none");
    const variable options("PGOPTIONS", "-c default_transaction_read_only=on"), encoding("PGCLIENTENCODING", "LATIN1");
    const variable tls("PGSSLMODE", "require"), name("PGAPPNAME", "ambient"),
        attributes("PGTARGETSESSIONATTRS", "standby");
    const variable gss("PGGSSENCMODE", "require"), root("PGSSLROOTCERT", "/nonexistent"),
        binding("PGCHANNELBINDING", "require");
    const variable timeout("PGCONNECT_TIMEOUT", "x");
    auto link = connection::open(server());
    BOOST_TEST(link->parameter("application_name") == "pgrepo");
    BOOST_TEST(link->parameter("client_encoding") == "UTF8");
    BOOST_TEST(link->parameter("default_transaction_read_only") != "on");

    auto with = server();
    const variable right("PGPASSWORD", with.password.reveal().c_str());
    with.password = {};
    check_kind(failure([&] { (void)connection::open(with); }), error_kind::authentication_failed);
}

BOOST_AUTO_TEST_CASE(what_of_the_environment_cannot_be_kept_out_is_said) {
    recorder seen;
    {
        const variable zone("PGTZ", "Asia/Tokyo");
        (void)connection::open(server(), {}, &seen);
    }
    BOOST_TEST_REQUIRE(seen.warnings.size() == 1U);
    BOOST_TEST(has(seen.warnings[0], "ambient_setting"));
    BOOST_TEST(has(seen.warnings[0], "PGTZ"));

    const variable service("PGSERVICE", "no_such_service");
    const auto caught = failure([&] { (void)connection::open(server()); });
    check_kind(caught, error_kind::configuration);
    BOOST_TEST(has(caught.what(), "PGSERVICE"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pq_statements, open_connection)

BOOST_AUTO_TEST_CASE(rows_come_in_binary) {
    const auto rows = run(*link, sql("SELECT $1 + 1 AS n, NULL::text AS nothing, ''::text AS empty").int4(41));
    BOOST_TEST(rows.row_count() == 1);
    BOOST_TEST(rows.column_count() == 3);
    BOOST_TEST(rows.column_name(0) == "n");
    BOOST_TEST(rows.column_type(0) == 23U);
    BOOST_TEST(rows.column_type(3) == 0U);
    BOOST_TEST(rows.column_name(-1).empty());
    BOOST_TEST(rows.is_binary());
    BOOST_TEST(integer(rows) == 42);
    BOOST_TEST(rows.cell_at(0, 1).is_null());
    BOOST_TEST(!rows.cell_at(0, 2).is_null());
    BOOST_TEST(rows.cell_at(0, 2).size() == 0U);
    BOOST_TEST(rows.command_tag() == "SELECT 1");
    const pgrepo::rowset none;
    BOOST_TEST(none.row_count() == 0);
    BOOST_TEST(none.affected_rows() == 0);
    BOOST_TEST(none.command_tag().empty());
    BOOST_TEST(run(*link, "").row_count() == 0);
}

BOOST_AUTO_TEST_CASE(rows_outlive_their_connection) {
    auto rows = run(*link, sql("SELECT 7"));
    link.reset();
    BOOST_TEST(integer(rows) == 7);
    rows.remember_shape(&rows);
    const pgrepo::rowset moved = std::move(rows);
    BOOST_TEST(integer(moved) == 7);
}

BOOST_AUTO_TEST_CASE(affected_rows_are_counted) {
    run(*link, "CREATE TEMP TABLE t (n int)");
    BOOST_TEST(run(*link, "INSERT INTO t SELECT generate_series(1, 5)").affected_rows() == 5);
    BOOST_TEST(run(*link, "UPDATE t SET n = n WHERE n < 3").affected_rows() == 2);
    BOOST_TEST(run(*link, "SET work_mem = '4MB'").affected_rows() == 0);
}

BOOST_AUTO_TEST_CASE(a_first_use_is_one_trip) {
    link = connection::open(server(), {}, &seen);
    sends = 0;
    run(*link, sql("SELECT $1 + 0").int4(1));
    BOOST_TEST(sends == 1);
    run(*link, sql("SELECT $1 + 0").int4(2));
    BOOST_TEST(sends == 2);
    run(*link, sql("SELECT $1 + 1").int4(3), {}, {.begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"});
    BOOST_TEST(sends == 3);
    BOOST_TEST((link->status() == transaction_status::in_transaction));
    BOOST_TEST((run(*link, "SHOW transaction_isolation").cell_at(0, 0).bytes() == "repeatable read"));
    link->commit();
    run(*link, sql("SELECT $1 + 1").int4(3), {}, {.begin = "BEGIN"});
    BOOST_TEST(sends == 6);
    BOOST_TEST(link->rollback());
    BOOST_TEST(link->rollback()); // nothing to do: no trip
    BOOST_TEST(sends == 7);
    BOOST_TEST((seen.parsed == std::vector<bool>{true, false, true, false, false, false, false}));
    BOOST_TEST(link->prepared_statements() == 2U);
}

BOOST_AUTO_TEST_CASE(unnamed_where_asked_for) {
    run(*link, sql("SELECT 1", false));
    BOOST_TEST(link->prepared_statements() == 0U);
    auto with = server();
    with.statement_cache = 0;
    link = connection::open(with);
    for (int i = 0; i < 3; ++i) BOOST_TEST(integer(run(*link, sql("SELECT $1 + 0").int4(i))) == i);
    BOOST_TEST(integer(run(*link, "SELECT count(*) FROM pg_prepared_statements")) == 0);
}

BOOST_AUTO_TEST_CASE(a_failed_parse_leaves_nothing) {
    for (int i = 0; i < 2; ++i) {
        const auto caught = failure([&] { run(*link, sql("SELEKT 'pw-Canary_7!x'")); });
        check_kind(caught, error_kind::statement);
        BOOST_TEST(caught.sqlstate().code() == "42601");
        BOOST_TEST(caught.statement_id() == "test.statement");
        BOOST_TEST(caught.where().line() != 0U);
    }
    BOOST_TEST(link->prepared_statements() == 0U);
    BOOST_TEST(link->usable());
    // parsed, but not executed: it stays
    check_kind(failure([&] { run(*link, sql("SELECT 1 / $1").int4(0)); }), error_kind::data);
    BOOST_TEST(link->prepared_statements() == 1U);
    BOOST_TEST(integer(run(*link, sql("SELECT 1 / $1").int4(1))) == 1);
}

BOOST_AUTO_TEST_CASE(two_texts_under_one_key_do_not_mix) {
    sql one("SELECT 1"), two("SELECT 2");
    one.pretend_key({5, 5});
    two.pretend_key({5, 5});
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(integer(link->execute(one.ref(), one.parameters())) == 1);
        BOOST_TEST(integer(link->execute(two.ref(), two.parameters())) == 2);
    }
}

BOOST_AUTO_TEST_CASE(the_cache_is_bounded_on_both_sides) {
    auto with = server();
    with.statement_cache = 2;
    link = connection::open(with);
    const auto on_server = [&] { return integer(run(*link, "SELECT count(*) FROM pg_prepared_statements")); };
    for (int i = 0; i < 60; ++i) {
        const int which = (i * 7) % 11;
        sends = 0;
        BOOST_TEST(integer(run(*link, sql("SELECT $1 + " + std::to_string(which)).int4(1))) == 1 + which);
        BOOST_TEST(sends <= 2); // the second carries the DEALLOCATE; nobody waits between them
        BOOST_TEST(link->prepared_statements() <= 2U);
        BOOST_TEST(on_server() <= 3);
    }
    // Inside a transaction nothing is dropped, and what waits for it does not grow without end.
    link->begin();
    for (int i = 0; i < 60; ++i) run(*link, sql("SELECT $1 + " + std::to_string(100 + i)).int4(1));
    BOOST_TEST(on_server() <= 2 + 17);
    link->commit();
    run(*link, sql("SELECT 1"));
    run(*link, sql("SELECT 2"));
    BOOST_TEST(on_server() <= 4);
}

BOOST_AUTO_TEST_CASE(what_leaves_the_cache_does_not_disturb_its_ride) {
    auto with = server();
    with.statement_cache = 1;
    link = connection::open(with);
    run(*link, "CREATE TEMP TABLE t (n int)");
    run(*link, sql("SELECT 1"));
    run(*link, sql("SELECT 2"));
    // VACUUM refuses to run after another command before the same Sync
    run(*link, sql("VACUUM t"));
    BOOST_TEST((link->status() == transaction_status::idle));
    // a name that is gone already
    run(*link, sql("SELECT 3"));
    run(*link, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
    BOOST_TEST(integer(run(*link, sql("SELECT 4"))) == 4);
    BOOST_TEST((link->status() == transaction_status::idle));
}

BOOST_AUTO_TEST_CASE(the_last_statement_is_the_one_that_was_sent_last) {
    for (const int room : {0, 1, 2, 4}) {
        auto with = server();
        with.statement_cache = static_cast<std::uint16_t>(room);
        link = connection::open(with);
        int round = 0;
        // Prepared, known, known again, in turns with others, out of the cache and back, not prepared.
        for (const int which : {1, 1, 1, 2, 1, 2, 2, 3, 3, 4, 3, 5, 1, 1, 5, 5, 3}) {
            const std::string text = "SELECT " + std::to_string(which);
            const std::string id = "test." + std::to_string(which);
            pgrepo::statement_ref statement{.text = text, .key = pgrepo::make_statement_key(text, {}), .id = id};
            statement.prepare = ++round % 7 != 0;
            link->execute(statement, {});
            BOOST_TEST(link->last_statement() == id);
            if (round == 12) run(*link, "DISCARD ALL");
        }
    }
}

BOOST_AUTO_TEST_CASE(discard_and_deallocate_empty_the_cache) {
    for (const char* text : {"DISCARD ALL", "DEALLOCATE ALL"}) {
        run(*link, sql("SELECT 1"));
        BOOST_TEST(link->prepared_statements() >= 1U);
        run(*link, sql(text));
        BOOST_TEST(link->prepared_statements() == 0U);
        BOOST_TEST(integer(run(*link, sql("SELECT 1"))) == 1);
    }
    // inside a transaction too, without an error in between
    link->begin();
    run(*link, sql("SELECT 1"));
    run(*link, sql("DEALLOCATE ALL"));
    BOOST_TEST(integer(run(*link, sql("SELECT 1"))) == 1);
    link->commit();
}

BOOST_AUTO_TEST_CASE(a_statement_dropped_behind_our_back_is_prepared_again) {
    const char* behind = "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$";
    run(*link, sql("SELECT 1"));
    run(*link, behind);
    BOOST_TEST(integer(run(*link, sql("SELECT 1"))) == 1);
    run(*link, behind);
    BOOST_TEST(integer(run(*link, sql("SELECT 1"), {}, {.begin = "BEGIN"})) == 1);
    BOOST_TEST((link->status() == transaction_status::in_transaction));
    run(*link, behind);
    const auto caught = failure([&] { run(*link, sql("SELECT 1")); });
    BOOST_TEST(caught.sqlstate().code() == "26000");
    BOOST_TEST(has(caught.what(), "run the transaction again"));
    BOOST_TEST(link->rollback());
    BOOST_TEST(integer(run(*link, sql("SELECT 1"))) == 1);
}

BOOST_AUTO_TEST_CASE(a_name_that_somebody_else_took) {
    const sql statement("SELECT 11");
    const std::string name = pgrepo::detail::name_of(statement.ref().key).data();
    run(*link, sql("PREPARE \"" + name + "\" AS SELECT 12", false));
    BOOST_TEST(integer(run(*link, sql("SELECT 11"))) == 11);
    BOOST_TEST(link->prepared_statements() == 1U);
}

BOOST_AUTO_TEST_CASE(an_altered_table_heals_outside_a_transaction) {
    run(*link, "CREATE TEMP TABLE t AS SELECT 1 AS a");
    const auto columns = [&](pgrepo::ride with = {}) {
        return run(*link, sql("SELECT * FROM t"), {}, with).column_count();
    };
    BOOST_TEST(columns() == 1);
    run(*link, "ALTER TABLE t ADD COLUMN b int");
    BOOST_TEST(columns() == 2);
    run(*link, "ALTER TABLE t ADD COLUMN c int");
    BOOST_TEST(columns({.begin = "BEGIN"}) == 3);
    BOOST_TEST((link->status() == transaction_status::in_transaction));
    run(*link, "ALTER TABLE t ADD COLUMN d int");
    const auto caught = failure([&] { columns(); });
    BOOST_TEST(caught.sqlstate().code() == "0A000");
    BOOST_TEST(has(caught.what(), "run the transaction again"));
    BOOST_TEST((link->status() == transaction_status::in_error));
    BOOST_TEST(link->rollback());
    BOOST_TEST(columns() == 3);
    // the name is still taken on the server, and cannot be dropped inside a transaction
    run(*link, "ALTER TABLE t ADD COLUMN d int");
    link->begin();
    run(*link, "SAVEPOINT s");
    (void)failure([&] { columns(); });
    run(*link, "ROLLBACK TO s");
    BOOST_TEST(columns() == 4);
    link->commit();
    BOOST_TEST(columns() == 4);
}

BOOST_AUTO_TEST_CASE(only_what_has_not_run_is_repeated) {
    // The error that means a lost statement, but from within one that has run.
    const sql statement("SELECT pg_temp.f()");
    const std::string name = pgrepo::detail::name_of(statement.ref().key).data();
    run(*link, "CREATE TEMP SEQUENCE calls");
    run(*link, ("CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('calls');"
                " RAISE EXCEPTION '" +
                name + "' USING ERRCODE = '26000'; END $$")
                   .c_str());
    for (int i = 0; i < 2; ++i) BOOST_TEST(failure([&] { run(*link, statement); }).sqlstate().code() == "26000");
    BOOST_TEST(integer(run(*link, "SELECT currval('calls')")) == 2);
    // The same error about somebody else's statement.
    for (int i = 0; i < 2; ++i) {
        sends = 0;
        BOOST_TEST(failure([&] { run(*link, sql("EXECUTE another")); }).sqlstate().code() == "26000");
        BOOST_TEST(sends == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_transaction_that_was_open_is_not_rolled_back_to_heal) {
    run(*link, "CREATE TEMP TABLE t AS SELECT 1 AS a");
    run(*link, sql("SELECT * FROM t"));
    link->begin();
    run(*link, "ALTER TABLE t ADD COLUMN b int");
    BOOST_TEST(failure([&] { run(*link, sql("SELECT * FROM t"), {}, {.begin = "BEGIN"}); }).sqlstate().code() ==
               "0A000");
    BOOST_TEST((link->status() == transaction_status::in_error));
}

BOOST_AUTO_TEST_CASE(a_shape_is_checked_once_per_prepared_statement) {
    static const int shape = 0, other = 0;
    auto rows = run(*link, sql("SELECT 1"));
    BOOST_TEST(!rows.shape_is(&shape));
    rows.remember_shape(&shape);
    BOOST_TEST(rows.shape_is(&shape));
    auto again = run(*link, sql("SELECT 1"));
    BOOST_TEST(again.shape_is(&shape));
    BOOST_TEST(!again.shape_is(&other));
    BOOST_TEST(!again.shape_is(nullptr));
    run(*link, "DISCARD ALL");
    BOOST_TEST(!run(*link, sql("SELECT 1")).shape_is(&shape));
    auto unnamed = run(*link, sql("SELECT 1", false));
    unnamed.remember_shape(&shape);
    BOOST_TEST(!run(*link, sql("SELECT 1", false)).shape_is(&shape));
}

BOOST_AUTO_TEST_CASE(megabytes_go_both_ways) {
    // More than the sockets' buffers hold, in both directions at once.
    const std::string block(24 << 20, 'x');
    const auto rows = run(*link, sql("SELECT $1 AS a, $1 AS b").binary(17, block), deadline::in(60s));
    BOOST_TEST((rows.cell_at(0, 1).bytes() == block));
}

BOOST_AUTO_TEST_CASE(limits_are_checked_before_anything_is_sent) {
    sends = 0;
    sql many("SELECT 1");
    for (int i = 0; i < 65536; ++i) many.int4(i);
    auto caught = failure([&] { link->execute(many.ref(), many.parameters()); });
    check_kind(caught, error_kind::encode);
    BOOST_TEST(has(caught.what(), "65535"));

    const char byte = 'x';
    const auto sized = [&](std::vector<int> lengths) {
        const std::vector<const char*> values(lengths.size(), &byte);
        const std::vector<int> formats(lengths.size(), 1);
        const std::vector<pgrepo::oid> types(lengths.size(), 17);
        return failure([&] {
            link->execute({.text = "SELECT 1", .parameter_types = types, .prepare = false},
                          {.values = values.data(),
                           .lengths = lengths.data(),
                           .formats = formats.data(),
                           .count = static_cast<int>(lengths.size())});
        });
    };
    check_kind(sized({(64 << 20) + 1}), error_kind::encode);
    check_kind(sized({-1}), error_kind::encode);
    check_kind(sized({64 << 20, 64 << 20, 64 << 20, 64 << 20, 1}), error_kind::encode);
    const pgrepo::oid types[] = {23};
    check_kind(failure([&] { link->execute({.text = "SELECT 1", .parameter_types = types}, {}); }), error_kind::encode);
    BOOST_TEST(sends == 0);
    BOOST_TEST(link->usable());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pq_errors, open_connection)

BOOST_AUTO_TEST_CASE(a_rule_names_itself_and_no_data) {
    run(*link,
        "CREATE TEMP TABLE t (a text NOT NULL, b int CONSTRAINT positive CHECK (b > 0), CONSTRAINT sole UNIQUE (a))");
    run(*link, "INSERT INTO t VALUES ('pw-Canary_7!x', 1)");
    auto caught = failure([&] { run(*link, sql("INSERT INTO t VALUES ($1, 1)").text("pw-Canary_7!x")); });
    check_kind(caught, error_kind::unique_violation);
    BOOST_TEST(caught.constraint() == "sole");
    BOOST_TEST(caught.table() == "t");
    BOOST_TEST(!has(caught.what(), "Canary"));
    caught = failure([&] { run(*link, sql("INSERT INTO t VALUES ($1, -1)").text("Canary")); });
    check_kind(caught, error_kind::check_violation);
    BOOST_TEST(caught.constraint() == "positive");
    BOOST_TEST(!has(caught.what(), "Canary"));
    caught = failure([&] { run(*link, "INSERT INTO t VALUES (NULL, 424242)"); });
    check_kind(caught, error_kind::not_null_violation);
    BOOST_TEST(caught.column() == "a");
    BOOST_TEST(!has(caught.what(), "424242"));
}

BOOST_AUTO_TEST_CASE(values_and_pasted_text_are_not_quoted) {
    const std::string statements[] = {"SELECT 'pw-Canary_7!x'::int",
                                      "SELECT 'pw-Canary_7!x'::uuid",
                                      "SELECT 'pw-Canary_7!x'::timestamptz",
                                      "SELECT 'pw-Canary_7!x'::jsonb",
                                      "SELECT 1 'pw-Canary_7!x'",
                                      "SELECT 'pw-Canary_7!x",
                                      "SELECT \"pw-Canary_7!x",
                                      "SELECT set_config('work_mem', 'pw-Canary_7!x', false)",
                                      "SELECT to_date('pw-Canary_7!x', 'YYYY-MM-DD')",
                                      "SELECT '{pw-Canary_7!x'::int[]"};
    for (const std::string& text : statements) {
        const auto caught = failure([&] { run(*link, text.c_str()); });
        BOOST_TEST(!caught.sqlstate().empty(), caught.what());
        BOOST_TEST(!has(caught.what(), "Canary"), caught.what());
        BOOST_TEST(!has(caught.what(), "7!x"), caught.what());
    }
    const auto caught = failure([&] { run(*link, sql("SELECT $1::int").text("pw-Canary_7!x")); });
    BOOST_TEST(caught.sqlstate().code() == "22P02");
    BOOST_TEST(!has(caught.what(), "Canary"), caught.what());
}

BOOST_AUTO_TEST_CASE(control_characters_do_not_reach_the_log) {
    const auto caught = failure([&] { run(*link, "DO $$ BEGIN RAISE EXCEPTION E'one\\ntwo\\x1b[31m'; END $$"); });
    check_kind(caught, error_kind::server);
    BOOST_TEST(has(caught.what(), "one\\x0atwo\\x1b[31m"), caught.what());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_named) {
    const auto caught = failure([&] { run(*link, "SELECT * FROM no_such_table"); });
    check_kind(caught, error_kind::undefined);
    BOOST_TEST(has(caught.what(), "no_such_table"));
    BOOST_TEST(has(caught.what(), "at character 15"));
}

BOOST_AUTO_TEST_CASE(the_first_error_of_a_killed_session_is_kept) {
    link = connection::open(server(), {}, &seen);
    const int pid = link->backend_pid();
    for (const char* begin : {static_cast<const char*>(nullptr), "BEGIN"}) {
        if (!link->usable()) link = connection::open(server(), {}, &seen);
        std::thread killer([pid = link->backend_pid()] {
            std::this_thread::sleep_for(150ms);
            kill_backend(pid);
        });
        const auto caught =
            failure([&] { run(*link, sql("SELECT pg_sleep(10)"), deadline::in(8s), {.begin = begin}); });
        killer.join();
        check_kind(caught, error_kind::connection_lost);
        BOOST_TEST(caught.sqlstate().code() == "57P01");
        BOOST_TEST(has(caught.what(), "may or may not have run"));
        BOOST_TEST(!link->usable());
        BOOST_TEST(!link->rollback());
    }
    BOOST_TEST(pid != 0);
    BOOST_TEST(seen.failures.size() == 2U);
    BOOST_TEST((seen.sessions == std::vector<std::string>{"opened", "broken", "opened", "broken"}));
}

BOOST_AUTO_TEST_CASE(a_statement_that_takes_too_long) {
    const auto start = deadline::clock::now();
    auto caught = failure([&] { run(*link, sql("SELECT pg_sleep(5)"), deadline::in(120ms)); });
    BOOST_TEST(since(start).count() < 4000);
    check_kind(caught, error_kind::deadline_exceeded);
    BOOST_TEST(has(caught.what(), "connection was closed"));
    BOOST_TEST(!link->usable());

    auto with = server();
    with.call_timeout = 100ms;
    link = connection::open(with);
    check_kind(failure([&] { run(*link, "SELECT pg_sleep(5)"); }), error_kind::deadline_exceeded);

    link = connection::open(server());
    caught = failure([&] { run(*link, "SELECT 1", deadline::in(-1ms)); });
    check_kind(caught, error_kind::deadline_exceeded);
    BOOST_TEST(has(caught.what(), "before anything was sent"));
    BOOST_TEST(link->usable());
    run(*link, "SET statement_timeout = 50");
    check_kind(failure([&] { run(*link, "SELECT pg_sleep(5)"); }), error_kind::statement_timeout);
    BOOST_TEST(link->usable());
}

BOOST_AUTO_TEST_CASE(copy_is_refused) {
    for (const char* text : {"COPY (SELECT 1) TO STDOUT", "COPY t FROM STDIN"}) {
        for (const bool prepare : {false, true}) {
            link = connection::open(server());
            run(*link, "CREATE TEMP TABLE t (n int)");
            const auto caught = failure([&] { run(*link, sql(text, prepare), deadline::in(5s)); });
            check_kind(caught, error_kind::usage);
            BOOST_TEST(!link->usable());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pq_transactions, open_connection)

BOOST_AUTO_TEST_CASE(a_ride_that_fails_leaves_a_failed_transaction) {
    check_kind(failure([&] { run(*link, sql("SELECT 1 / 0"), {}, {.begin = "BEGIN"}); }), error_kind::data);
    BOOST_TEST((link->status() == transaction_status::in_error));
    check_kind(failure([&] { run(*link, "SELECT 1"); }), error_kind::transaction_aborted);
    BOOST_TEST(link->rollback());
    BOOST_TEST((link->status() == transaction_status::idle));
    check_kind(failure([&] { run(*link, sql("SELECT 1"), {}, {.begin = "BEGIN NONSENSE"}); }), error_kind::statement);
    BOOST_TEST((link->status() == transaction_status::idle));
}

BOOST_AUTO_TEST_CASE(commit_of_a_failed_transaction_is_an_error) {
    link->begin();
    check_kind(failure([&] { run(*link, "SELECT 1 / 0"); }), error_kind::data);
    const auto caught = failure([&] { link->commit({}, std::source_location::current()); });
    check_kind(caught, error_kind::transaction_aborted);
    BOOST_TEST(caught.where().line() != 0U);
    BOOST_TEST((link->status() == transaction_status::idle));
    run(*link, sql("SELECT 1"), {}, {.begin = "BEGIN"});
    run(*link, "ROLLBACK");
    check_kind(failure([&] { link->commit(); }), error_kind::usage);
    BOOST_TEST(link->usable());
}

BOOST_AUTO_TEST_CASE(an_error_at_commit_is_its_own) {
    run(*link, "CREATE TEMP TABLE t (n int CONSTRAINT sole UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    link->begin();
    run(*link, "INSERT INTO t VALUES (1), (1)");
    const auto caught = failure([&] { link->commit(); });
    check_kind(caught, error_kind::unique_violation);
    BOOST_TEST(caught.constraint() == "sole");
    BOOST_TEST((link->status() == transaction_status::idle));
}

BOOST_AUTO_TEST_CASE(a_commit_without_an_answer_is_unknown) {
    for (const bool killed : {false, true}) {
        link = connection::open(server());
        run(*link, "CREATE TEMP TABLE t (n int)");
        run(*link, "CREATE FUNCTION pg_temp.slow() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$ BEGIN PERFORM pg_sleep(5); RETURN NULL; END $$");
        run(*link, "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED "
                   "FOR EACH ROW EXECUTE FUNCTION pg_temp.slow()");
        link->begin();
        run(*link, "INSERT INTO t VALUES (1)");
        std::thread killer([killed, pid = link->backend_pid()] {
            std::this_thread::sleep_for(150ms);
            if (killed) kill_backend(pid);
        });
        const auto caught = failure([&] { link->commit(killed ? deadline::in(4s) : deadline::in(300ms)); });
        killer.join();
        check_kind(caught, error_kind::commit_unknown);
        BOOST_TEST(caught.sqlstate().code() == (killed ? "57P01" : ""));
        BOOST_TEST(!link->usable());
    }
}

BOOST_AUTO_TEST_CASE(a_commit_that_cannot_be_sent_is_not_unknown) {
    link->begin();
    kill_backend(link->backend_pid());
    BOOST_TEST(soon([&] { return !link->alive_after_idle(); }));
    check_kind(failure([&] { link->commit(); }), error_kind::connection_lost);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pq_idle, open_connection)

BOOST_AUTO_TEST_CASE(a_killed_session_is_found_dead_without_a_trip) {
    BOOST_TEST(link->alive_after_idle());
    kill_backend(link->backend_pid());
    sends = 0;
    BOOST_TEST(soon([&] { return !link->alive_after_idle(); }));
    BOOST_TEST(sends == 0);
}

BOOST_AUTO_TEST_CASE(news_is_not_death) {
    link = connection::open(server(), {}, &seen);
    run(*link, "LISTEN news");
    {
        auto other = connection::open(server());
        for (int i = 0; i < 50; ++i) run(*other, "NOTIFY news");
    }
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(link->alive_after_idle());
    BOOST_TEST(integer(run(*link, "SELECT 1")) == 1);
    run(*link, "DO $$ BEGIN RAISE NOTICE 'hear, hear'; END $$");
    BOOST_TEST_REQUIRE(seen.notices.size() == 1U);
    BOOST_TEST(has(seen.notices[0], "hear, hear"));
}

BOOST_AUTO_TEST_SUITE_END()
