// Each failure is one clear typed error: kind, statement and the user's line, what to do, no secret, nothing left behind.

#include "../../examples/users.hpp"
#include "service_support.hpp"

#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace service_test;
using pgrepo::col;
using pgrepo::postgres_config;
using pgrepo::postgres_service;
using pgrepo::sql;
using pgrepo::table_repository;
using pgrepo::transaction;
using pgrepo::unsafe_sql;

namespace {

/// A password, or a value, that no other text shares four characters with.
constexpr std::string_view canary = "Zq7!wK3@xV9#jY5%";

/// No part of the canary is in the error, wherever one may look.
void check_silent(const pgrepo::error& failure) {
    const auto& d = failure.details();
    const std::string all = std::string(failure.what()) + '\n' + d.message + '\n' + d.schema + '\n' + d.table + '\n' +
                            d.column + '\n' + d.constraint + '\n' + d.statement_id;
    std::string shown;
    for (std::size_t i = 0; i + 4 <= canary.size() && shown.empty(); ++i)
        if (all.find(canary.substr(i, 4)) != std::string::npos) shown = canary.substr(i, 4);
    BOOST_TEST(shown.empty(), all << ": shows a part of a secret, " << shown);
}

/// Environment variables of a prefix of our own, unset again at the end.
class variables {
public:
    explicit variables(std::string prefix) : prefix_(std::move(prefix)) {}
    variables(const variables&) = delete;
    variables& operator=(const variables&) = delete;
    ~variables() {
        for (const auto& name : set_) ::unsetenv(name.c_str());
    }
    variables& set(const std::string& name, const std::string& value) {
        set_.push_back(prefix_ + "_" + name);
        ::setenv(set_.back().c_str(), value.c_str(), 1);
        return *this;
    }
    [[nodiscard]] pgrepo::error refused() const {
        return failure_of([&] { (void)postgres_config::from_env(prefix_); });
    }
    [[nodiscard]] postgres_config read() const { return postgres_config::from_env(prefix_); }

private:
    std::string prefix_;
    std::vector<std::string> set_{};
};

/// A TCP port on loopback where nothing listens, kept from being given to others as long as this lives.
class refused_port {
public:
    refused_port() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("no port");
        number = ntohs(address.sin_port); // bound and not listening: refused
    }
    refused_port(const refused_port&) = delete;
    refused_port& operator=(const refused_port&) = delete;
    ~refused_port() { ::close(socket_); }
    std::uint16_t number = 0;

private:
    int socket_;
};

struct Row {
    std::int32_t id{};
    std::string label{};
    std::int32_t number{};
    pgrepo::timestamptz at{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"rows">, pgrepo::primary_key<&Row::id>>;
};
struct RowPatch {
    std::optional<std::string> label{};
    std::optional<std::int32_t> number{};
};
constexpr const char* rows_schema =
    "CREATE TABLE rows (id integer PRIMARY KEY, label text, number integer, at timestamptz DEFAULT now());"
    "INSERT INTO rows VALUES (1, 'one', 10), (2, 'two', 20)";

struct rows_fixture {
    database db{rows_schema};
    recorder watcher{};
    postgres_service service{[this] {
        auto config = db.config();
        config.pool_max = 1; // one session: what happens to it is seen by the next call
        config.observer = &watcher;
        return config;
    }()};
    table_repository<Row> rows{service};
    session look{db.name()};

    /// A failed call left nothing open, and the next one works.
    void check_goes_on() {
        BOOST_TEST(service.select_value<std::int32_t>(sql<"SELECT 1">) == 1);
        BOOST_TEST(look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "application_name = 'pgrepo' AND state LIKE 'idle in transaction%'") == "0");
        BOOST_TEST(watcher.take_warnings().empty());
    }
};

enum class Level { low, high };

struct Leveled {
    std::int32_t id{};
    Level level{};
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"rows">, pgrepo::primary_key<&Leveled::id>>;
};

} // namespace

BOOST_AUTO_TEST_SUITE(failures)

// ---- the environment

BOOST_AUTO_TEST_CASE(missing_variables_are_all_named_at_once) {
    const auto failure = variables("PGREPO_T1").refused();
    check_kind(failure, error_kind::configuration);
    for (const char* name : {"PGREPO_T1_HOST", "PGREPO_T1_USER", "PGREPO_T1_PASSWORD", "PGREPO_T1_DATABASE"})
        check_says(failure, std::string(name) + " is not set");
    BOOST_TEST(!says(failure, "PGREPO_T1_PORT")); // has a default
    BOOST_TEST(!says(failure, "PGREPO_T1_POOL_MAX"));
}

BOOST_AUTO_TEST_CASE(empty_malformed_and_out_of_range_variables) {
    const std::string secret(canary);
    variables all("PGREPO_T2");
    all.set("HOST", "")
        .set("PORT", secret)
        .set("USER", "")
        .set("PASSWORD", "")
        .set("DATABASE", "")
        .set("POOL_MAX", "0");
    const auto failure = all.refused();
    check_kind(failure, error_kind::configuration);
    for (const char* name : {"HOST", "PORT", "USER", "PASSWORD", "DATABASE", "POOL_MAX"})
        check_says(failure, std::string("PGREPO_T2_") + name);
    check_says(failure, "PGREPO_T2_HOST is set but empty");
    check_says(failure, "PGREPO_T2_PORT is not a whole number from 1 to 65535");
    check_says(failure, "PGREPO_T2_POOL_MAX is not a whole number from 1 to 10000");
    check_silent(failure);

    for (const char* port : {"", "0", "-1", "+5432", "65536", "99999999999999999999", "abc", "1e3", "0x10", " 5432",
                             "5432 ", "54.32", "5432x", "5 4", "\t1", "５４３２"}) {
        variables one("PGREPO_T3");
        one.set("HOST", "/tmp").set("USER", "u").set("DATABASE", "d").set("PORT", port);
        const auto refused = one.refused();
        check_kind(refused, error_kind::configuration);
        check_says(refused, "PGREPO_T3_PORT");
        BOOST_TEST(!says(refused, "PGREPO_T3_HOST"));
    }
    for (const char* size : {"", "0", "10001", "-1", "4294967296", "ten", "3.5"}) {
        variables one("PGREPO_T3");
        one.set("HOST", "/tmp").set("USER", "u").set("DATABASE", "d").set("POOL_MAX", size);
        check_says(one.refused(), "PGREPO_T3_POOL_MAX");
    }
}

BOOST_AUTO_TEST_CASE(a_complete_environment_is_taken_as_it_is) {
    const std::string odd = " p'a\"s\\s @/:%é" + std::string(canary);
    variables all("PGREPO_T4");
    all.set("HOST", "localhost").set("PORT", "65535").set("USER", "u u").set("PASSWORD", odd).set("DATABASE", "host=x");
    all.set("POOL_MAX", "10000");
    const auto config = all.read();
    BOOST_TEST((config.host == "localhost" && config.port == 65535 && config.user == "u u"));
    BOOST_TEST((config.database == "host=x" && config.pool_max == 10000 && config.password.reveal() == odd));
    variables few("PGREPO_T5"); // a unix socket may go without password
    few.set("HOST", "/tmp").set("USER", "u").set("DATABASE", "d").set("PORT", "1");
    BOOST_TEST((few.read().port == 1 && few.read().pool_max == 10 && few.read().password.empty()));
}

BOOST_AUTO_TEST_CASE(a_configuration_is_validated_before_anything_is_sent) {
    postgres_config config;
    config.host.clear();
    config.port = 0;
    config.password = pgrepo::secret(std::string(canary) + '\0');
    config.pool_max = 0;
    config.connect_timeout = 0ms;
    config.acquire_timeout = -1ms;
    config.call_timeout = 0ms;
    const auto failure = failure_of([&] { postgres_service service(config); });
    check_kind(failure, error_kind::configuration);
    for (const char* field : {"host", "user", "database", "password", "port", "pool_max", "connect_timeout",
                              "acquire_timeout", "call_timeout"})
        check_says(failure, field);
    check_silent(failure);
    auto huge = server();
    huge.pool_max = std::numeric_limits<std::uint32_t>::max();
    const auto too_many = failure_of([&] { postgres_service service(huge); });
    check_kind(too_many, error_kind::configuration);
    check_says(too_many, "pool_max");
}

// ---- no session

namespace {

/// The error of a service that cannot be made, checked for what all of them have in common.
pgrepo::error not_made(const postgres_config& config, error_kind kind) {
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { postgres_service service(config); });
    check_error(failure, kind, "connect", line, __FILE__);
    check_silent(failure);
    return failure;
}

} // namespace

BOOST_AUTO_TEST_CASE(nobody_listens) {
    const refused_port port;
    auto config = server();
    config.password = pgrepo::secret(canary);
    config.host = "127.0.0.1";
    config.port = port.number;
    auto failure = not_made(config, error_kind::connect_failed);
    check_says(failure, "127.0.0.1");
    check_says(failure, std::to_string(port.number));
    check_says(failure, "check host and port");
    config.host = "/nonexistent/pgrepo/socket";
    failure = not_made(config, error_kind::connect_failed);
    check_says(failure, "/nonexistent/pgrepo/socket");
    check_says(failure, "check directory and port");
    config.host = environment("POSTGRES_HOST"); // there is a server, but not at this port
    config.port = 1;
    not_made(config, error_kind::connect_failed);
}

BOOST_AUTO_TEST_CASE(not_let_in) {
    session root;
    auto config = server();
    config.password = pgrepo::secret(canary);
    auto failure = not_made(config, error_kind::authentication_failed);
    BOOST_TEST(failure.sqlstate().code() == "28P01");
    check_says(failure, "password");
    config.password = {};
    failure = not_made(config, error_kind::authentication_failed);
    check_says(failure, "password");

    config = server();
    config.user = "nobody_of_this_name";
    config.password = pgrepo::secret(canary);
    failure = not_made(config, error_kind::authentication_failed);
    check_says(failure, "nobody_of_this_name");

    config = server();
    config.database = "no_database_of_this_name";
    failure = not_made(config, error_kind::connect_failed);
    BOOST_TEST(failure.sqlstate().code() == "3D000");
    check_says(failure, "no_database_of_this_name");
    config.database = "dbname=" + environment("POSTGRES_DATABASE"); // a name, not a connection string
    BOOST_TEST(not_made(config, error_kind::connect_failed).sqlstate().code() == "3D000");

    wait_for("the sessions' end", [&] {
        return root.run(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrepo' AND (datname IS NULL OR "
                   "datname = 'no_database_of_this_name')") == "0";
    });
}

BOOST_AUTO_TEST_CASE(a_strange_password_gets_through) {
    session root;
    const std::string user = "pgrepo_odd_" + std::to_string(::getpid());
    const char* admin = std::getenv("PGREPO_TEST_ADMIN_USER");
    BOOST_REQUIRE_MESSAGE(admin != nullptr, "PGREPO_TEST_ADMIN_USER is not set; run it inside scripts/with-postgres");
    const auto as_admin = [&](const std::string& text) {
        const std::string command = "PGUSER='" + std::string(admin) + "' PGPASSWORD= PGHOST='" +
                                    environment("POSTGRES_HOST") + "' PGPORT='" + environment("POSTGRES_PORT") +
                                    "' PGDATABASE=postgres psql -X -q -v ON_ERROR_STOP=1 <<'EOS'\n" + text + "\nEOS";
        BOOST_REQUIRE(std::system(command.c_str()) == 0);
    };
    as_admin("CREATE ROLE " + user + " LOGIN PASSWORD E' p''a\"s\\\\s = @/:%é '");
    auto config = server();
    config.user = user;
    config.database = "postgres";
    config.password = pgrepo::secret(" p'a\"s\\s = @/:%é ");
    const auto made = pgrepo::try_([&] { BOOST_TEST(postgres_service(config).is_connected()); });
    BOOST_TEST(made.has_value(), (made ? "" : made.error().what()));
    wait_for("the session's end",
             [&] { return root.run("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + user + "'") == "0"; });
    as_admin("DROP ROLE " + user);
}

BOOST_AUTO_TEST_CASE(a_session_that_cannot_be_opened_later_names_the_call) {
    std::unique_ptr<postgres_service> service;
    {
        database db(rows_schema);
        service = std::make_unique<postgres_service>(db.config());
    } // the database is gone
    BOOST_TEST(!service->is_connected());
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { service->execute(sql<"SELECT 1", "later">); });
    check_error(failure, error_kind::connect_failed, "later", line, __FILE__);
    BOOST_TEST(failure.sqlstate().code() == "3D000");
    check_silent(failure);
    BOOST_TEST(service->connection_info().pool_size == 0U);
}

// ---- what is not there, or is not as it should be

BOOST_FIXTURE_TEST_CASE(a_missing_table_and_a_missing_column, rows_fixture) {
    look.run("ALTER TABLE rows RENAME number TO amount");
    unsigned line = __LINE__ + 1;
    auto failure = failure_of([&] { (void)rows.find(1); });
    check_error(failure, error_kind::undefined, "rows.find", line, __FILE__);
    BOOST_TEST(failure.sqlstate().code() == "42703");
    check_says(failure, "number");
    look.run("DROP TABLE rows");
    line = __LINE__ + 1;
    failure = failure_of([&] { (void)rows.find_page(); });
    check_error(failure, error_kind::undefined, "rows.find_page", line, __FILE__);
    BOOST_TEST(failure.sqlstate().code() == "42P01");
    check_says(failure, "\"rows\"");
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(null_where_the_record_has_none, rows_fixture) {
    look.run("INSERT INTO rows VALUES (3, NULL, 30)");
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { (void)rows.find(3); });
    check_error(failure, error_kind::decode, "rows.find", line, __FILE__);
    BOOST_TEST(failure.column() == "label");
    check_says(failure, "NULL");
    check_says(failure, "std::optional"); // what to do
    check_says(failure, "Row");
    check_kind(failure_of([&] { (void)rows.find_all(); }), error_kind::decode);
    check_kind(failure_of([&] { (void)rows.find_page(); }), error_kind::decode);
    check_kind(failure_of([&] { (void)rows.find_by_ids(std::vector{1, 3}); }), error_kind::decode);
    check_kind(failure_of([&] { rows.update(3, RowPatch{.number = 31}); }), error_kind::decode);
    BOOST_TEST(rows.find(1).has_value());
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(a_patch_whose_answer_cannot_be_read_has_been_written, rows_fixture) {
    // in a transaction it is the caller's to decide; the transaction itself is whole
    look.run("INSERT INTO rows VALUES (3, NULL, 30)");
    service.with_transaction([&](transaction& tx) {
        check_kind(failure_of([&] { rows.with(tx).update(3, RowPatch{.number = 31}); }), error_kind::decode);
        rows.with(tx).update(1, RowPatch{.number = 11});
    });
    BOOST_TEST(look.run("SELECT string_agg(number::text, ',' ORDER BY id) FROM rows") == "11,20,31");
}

namespace {

struct change_of_table {
    const char* alter;
    const char* names; // what the error has to name
};
const change_of_table other_types[] = {
    {"ALTER TABLE rows ALTER number TYPE bigint", "number"},
    {"ALTER TABLE rows ALTER at TYPE text", "at"},
    {"ALTER TABLE rows ALTER label TYPE bytea USING label::bytea", "label"},
};

} // namespace

BOOST_AUTO_TEST_CASE(a_column_whose_type_changed_is_never_read_as_the_old_one) {
    for (const auto& change : other_types) {
        rows_fixture f;
        BOOST_TEST(f.rows.find(1)->number == 10); // prepared, shape remembered
        BOOST_TEST(f.rows.find(1)->number == 10);
        f.rows.update(2, RowPatch{.number = 21});
        f.look.run(change.alter);
        for (int i = 0; i < 3; ++i) { // however often it is asked
            const unsigned line = __LINE__ + 1;
            const auto failure = failure_of([&] { (void)f.rows.find(1); });
            check_error(failure, error_kind::decode, "rows.find", line, __FILE__);
            check_says(failure, std::string("\"") + change.names + "\" is ");
            check_says(failure, "change the field's type");
        }
        check_kind(failure_of([&] { (void)f.rows.find_all(); }), error_kind::decode);
        check_kind(failure_of([&] { (void)f.rows.find_page(); }), error_kind::decode);
        BOOST_TEST(f.rows.count() == 2);
        f.check_goes_on();
    }
}

BOOST_AUTO_TEST_CASE(a_column_whose_type_changed_inside_a_transaction) {
    for (const auto& change : other_types) {
        rows_fixture f;
        BOOST_TEST(f.rows.find(1)->number == 10);
        unsigned line = 0;
        const auto failure = failure_of([&] {
            f.service.with_transaction([&](transaction& tx) {
                tx.execute(sql<"SELECT 1">);
                f.look.run(change.alter); // the other session's; nothing here has locked the table yet
                line = __LINE__ + 1;
                (void)f.rows.with(tx).find(1);
            });
        });
        BOOST_TEST(failure.statement_id() == "rows.find");
        BOOST_TEST(failure.where().line() == line);
        BOOST_TEST((failure.sqlstate().code() == "0A000"), failure.what()); // the server's refusal
        check_says(failure, "run the transaction again");
        // run again it says what is wrong
        check_kind(
            failure_of([&] { f.service.with_transaction([&](transaction& tx) { (void)f.rows.with(tx).find(1); }); }),
            error_kind::decode);
        f.check_goes_on();
    }
}

BOOST_FIXTURE_TEST_CASE(a_first_statement_on_a_changed_table_heals_with_its_begin, rows_fixture) {
    BOOST_TEST(rows.find(1)->number == 10);
    look.run("ALTER TABLE rows ALTER label TYPE varchar(50)"); // still readable
    service.with_transaction([&](transaction& tx) {
        BOOST_TEST(rows.with(tx).find(1)->label == "one");
        rows.with(tx).update(1, RowPatch{.number = 12});
        BOOST_TEST(look.run("SELECT number FROM rows WHERE id = 1") == "10"); // in a transaction still
    });
    BOOST_TEST(rows.find(1)->number == 12);
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(columns_added_dropped_and_renamed_under_prepared_statements, rows_fixture) {
    const auto use = [&] {
        (void)rows.find(1), (void)rows.find_all(), (void)rows.find_page(), (void)rows.find_by_ids(std::vector{1, 2});
        rows.update(1, RowPatch{.number = 10});
    };
    use();
    look.run("ALTER TABLE rows ADD COLUMN extra text DEFAULT 'x'");
    use();
    look.run("ALTER TABLE rows DROP COLUMN extra");
    use();
    look.run("ALTER TABLE rows RENAME number TO amount; ALTER TABLE rows ADD COLUMN number integer DEFAULT 5");
    BOOST_TEST(rows.find(1)->number == 5); // by name, never by place
    use();
    look.run("ALTER TABLE rows DROP COLUMN number");
    for (int i = 0; i < 2; ++i) {
        const auto failure = failure_of([&] { (void)rows.find(1); });
        check_kind(failure, error_kind::undefined);
        BOOST_TEST(failure.statement_id() == "rows.find");
    }
    check_kind(failure_of([&] { rows.update(1, RowPatch{.number = 1}); }), error_kind::undefined);
    look.run("ALTER TABLE rows RENAME amount TO number");
    use();
    // the table itself made anew
    look.run(
        "ALTER TABLE rows RENAME TO old; CREATE TABLE rows (at timestamptz, number integer, label text, id integer);"
        "INSERT INTO rows VALUES (now(), 99, 'new', 1)");
    BOOST_TEST((rows.find(1)->number == 99 && rows.find(1)->label == "new"));
    // and what a user may do to the session
    service.execute(unsafe_sql("DEALLOCATE ALL"));
    BOOST_TEST(rows.find(1)->number == 99);
    service.execute(unsafe_sql("DISCARD ALL"));
    BOOST_TEST(rows.find(1)->number == 99);
    check_goes_on();
}

// ---- sessions that end

BOOST_FIXTURE_TEST_CASE(killed_while_idle, rows_fixture) {
    BOOST_TEST(rows.find(1).has_value());
    BOOST_TEST(db.kill() == 1);
    // Not noticed by a look within 10 ms of the last call: then it is a typed error, once.
    const auto next = pgrepo::try_([&] { return rows.find(1).has_value(); });
    if (!next) {
        check_kind(next.error(), error_kind::connection_lost);
        BOOST_TEST(next.error().statement_id() == "rows.find");
    }
    BOOST_TEST(rows.find(1).has_value());
    BOOST_TEST(service.connection_info().pool_size == 1U);
    db.kill();
    std::this_thread::sleep_for(20ms); // longer than that: not for anything to happen, but for time to have passed
    BOOST_TEST(rows.find(1).has_value());
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(killed_during_a_query, rows_fixture) {
    look.run("SELECT pg_advisory_lock(1)");
    std::optional<pgrepo::error> failure;
    const unsigned line = __LINE__ + 2;
    std::thread caller(
        [&] { failure = failure_of([&] { service.execute(sql<"SELECT pg_advisory_lock(1)", "waits">); }); });
    db.wait_for_waiters(1, "Lock");
    db.kill();
    caller.join();
    check_error(*failure, error_kind::connection_lost, "waits", line, __FILE__);
    BOOST_TEST(failure->sqlstate().code() == "57P01");
    check_says(*failure, "may or may not have run");
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(killed_inside_a_transaction, rows_fixture) {
    unsigned line = 0;
    auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            rows.with(tx).update(1, RowPatch{.number = 11});
            db.kill();
            line = __LINE__ + 1;
            rows.with(tx).update(2, RowPatch{.number = 21});
        });
    });
    check_error(failure, error_kind::connection_lost, "rows.update", line, __FILE__);
    // swallowed, what follows fails fast and never runs outside the transaction, or in another
    failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            rows.with(tx).update(1, RowPatch{.number = 11});
            db.kill();
            check_kind(failure_of([&] { rows.with(tx).update(1, RowPatch{.number = 12}); }),
                       error_kind::connection_lost);
            for (int i = 0; i < 2; ++i) {
                line = __LINE__ + 1;
                const auto later = failure_of([&] { rows.with(tx).update(2, RowPatch{.number = 21}); });
                check_error(later, error_kind::transaction_aborted, "rows.update", line, __FILE__);
                check_says(later, "connection_lost");
            }
        });
    });
    check_kind(failure, error_kind::transaction_aborted);
    check_says(failure, "connection_lost");
    BOOST_TEST(look.run("SELECT string_agg(number::text, ',' ORDER BY id) FROM rows") == "10,20");
    // the exception that the user threw is the one that comes out, though ROLLBACK cannot be sent
    BOOST_CHECK_THROW(service.with_transaction([&](transaction& tx) {
        rows.with(tx).update(1, RowPatch{.number = 11});
        db.kill();
        throw 42;
    }),
                      int);
    BOOST_TEST(look.run("SELECT string_agg(number::text, ',' ORDER BY id) FROM rows") == "10,20");
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(killed_before_commit, rows_fixture) {
    const unsigned line = __LINE__ + 2;
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            rows.with(tx).update(1, RowPatch{.number = 11});
            db.kill();
        });
    });
    // COMMIT went out to nobody; this side cannot know that.
    check_error(failure, error_kind::commit_unknown, "COMMIT", line, __FILE__);
    check_says(failure, "may or may not be committed");
    BOOST_TEST(look.run("SELECT number FROM rows WHERE id = 1") == "10");
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(killed_while_commit_is_under_way, rows_fixture) {
    look.run("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); "
             "RETURN NULL; END $$;"
             "CREATE CONSTRAINT TRIGGER held AFTER UPDATE ON rows DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
             "FUNCTION hold(); SELECT pg_advisory_lock(1)");
    std::optional<pgrepo::error> failure;
    std::thread caller([&] {
        failure = failure_of([&] {
            service.with_transaction([&](transaction& tx) { rows.with(tx).update(1, RowPatch{.number = 11}); });
        });
    });
    db.wait_for_waiters(1, "Lock");
    db.kill();
    caller.join();
    look.run("SELECT pg_advisory_unlock(1)");
    check_kind(*failure, error_kind::commit_unknown);
    BOOST_TEST(look.run("SELECT number FROM rows WHERE id = 1") == "10");
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(the_server_ends_an_idle_transaction, rows_fixture) {
    const auto failure = failure_of([&] {
        service.with_transaction([&](transaction& tx) {
            tx.execute(unsafe_sql("SET LOCAL idle_in_transaction_session_timeout = 1"));
            db.wait_for_sessions(0);
            rows.with(tx).update(1, RowPatch{.number = 11});
        });
    });
    check_kind(failure, error_kind::connection_lost);
    BOOST_TEST(failure.sqlstate().code() == "25P03");
    BOOST_TEST(look.run("SELECT number FROM rows WHERE id = 1") == "10");
    check_goes_on();
}

// ---- the server's other refusals

BOOST_FIXTURE_TEST_CASE(rules_of_the_table_are_typed_and_named, rows_fixture) {
    look.run("ALTER TABLE rows ALTER label SET NOT NULL, ADD CONSTRAINT small CHECK (number < 100);"
             "CREATE TABLE parts (row_id integer CONSTRAINT belongs REFERENCES rows)");
    auto failure = failure_of([&] { rows.create(Row{1, std::string(canary), 5}); });
    check_kind(failure, error_kind::unique_violation);
    BOOST_TEST((failure.constraint() == "rows_pkey" && failure.table() == "rows" && failure.schema() == "public"));
    check_silent(failure);
    failure = failure_of([&] { rows.create(Row{7, std::string(canary), 500}); });
    check_kind(failure, error_kind::check_violation);
    BOOST_TEST(failure.constraint() == "small");
    check_silent(failure); // DETAIL would show the whole row
    failure = failure_of(
        [&] { service.insert(sql<"INSERT INTO rows VALUES ($1, $2, 3)">, 8, std::optional<std::string>()); });
    check_kind(failure, error_kind::not_null_violation);
    BOOST_TEST(failure.column() == "label");
    failure = failure_of([&] { service.insert(sql<"INSERT INTO parts VALUES ($1)">, 77); });
    check_kind(failure, error_kind::foreign_key_violation);
    BOOST_TEST(failure.constraint() == "belongs");
    look.run("ALTER TABLE rows ALTER id ADD GENERATED ALWAYS AS IDENTITY");
    check_kind(failure_of([&] { rows.create(Row{9, "x", 5}); }), error_kind::statement);
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(values_that_cannot_be_sent, rows_fixture) {
    const std::string with_zero = std::string(canary) + std::string("\0b", 2);
    watcher.take_ids();
    unsigned line = __LINE__ + 1;
    auto failure = failure_of([&] { rows.create(Row{5, with_zero, 1}); });
    check_error(failure, error_kind::encode, "rows.create", line, __FILE__);
    check_says(failure, "$2");
    check_says(failure, "zero byte");
    check_silent(failure);
    line = __LINE__ + 1;
    failure = failure_of([&] { rows.update(1, RowPatch{.label = with_zero}); });
    check_error(failure, error_kind::encode, "rows.update", line, __FILE__);
    failure = failure_of([&] { (void)rows.find_all(col<&Row::label> == with_zero); });
    check_kind(failure, error_kind::encode);
    failure = failure_of([&] { (void)rows.find_all(col<&Row::label>.in({with_zero})); });
    check_kind(failure, error_kind::encode);
    check_silent(failure);
    table_repository<Leveled> leveled(service);
    line = __LINE__ + 1;
    failure = failure_of([&] { leveled.create(Leveled{5, static_cast<Level>(40)}); });
    check_error(failure, error_kind::encode, "rows.create", line, __FILE__);
    check_says(failure, "enumerator");
    check_kind(failure_of([&] { (void)service.execute(sql<"SELECT $1::text">, static_cast<Level>(-1)); }),
               error_kind::encode);
    check_kind(failure_of([&] { (void)service.execute(sql<"SELECT $1::text">, static_cast<const char*>(nullptr)); }),
               error_kind::encode);
    BOOST_TEST(watcher.take_ids().empty()); // nothing was sent
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(values_that_the_server_would_quote, rows_fixture) {
    const std::string value(canary);
    const auto refused = [&](const char* text, const char* state) {
        const auto failure = failure_of([&] { service.execute(unsafe_sql(text, "quotes"), value); });
        BOOST_TEST(failure.sqlstate().code() == state, failure.what());
        BOOST_TEST(failure.statement_id() == "quotes");
        check_silent(failure);
    };
    refused("SELECT $1::text::integer", "22P02"); // invalid input syntax for type integer: "…"
    refused("SELECT $1::text::timestamptz", "22007");
    refused("SELECT $1::text::uuid", "22P02");
    refused("SELECT ('{' || $1::text)::jsonb", "22P02");
    refused("SELECT to_date($1, 'YYYY')", "22007");
    refused("SELECT ('x' ~ ('(' || $1))", "2201B");
    refused("SELECT $1::text::bool", "22P02");
    refused("SELECT set_config('work_mem', $1, true)", "22023");
    refused("SELECT encode(decode($1, 'hex'), 'hex')", "22023");
    look.run("CREATE TYPE mood AS ENUM ('sad')");
    refused("SELECT $1::text::mood", "22P02");
    look.run("ALTER TABLE rows ALTER label TYPE varchar(3)");
    refused("INSERT INTO rows (id, label) VALUES (50, $1)", "22001");
    check_kind(failure_of([&] { service.execute(unsafe_sql("SELECT $1::text::integer"), value); }), error_kind::data);
    // bytes that are no text
    const auto failure = failure_of([&] { rows.create(Row{6, value + "\xff", 1}); });
    BOOST_TEST(failure.sqlstate().code() == "22021");
    check_silent(failure);
    check_goes_on();
}

// Messages of class 42 name objects, but functions that take a name as a value quote the value in them.
BOOST_FIXTURE_TEST_CASE(names_that_are_values, rows_fixture) {
    const auto refused = [&](const char* text) {
        check_silent(failure_of([&] { service.execute(unsafe_sql(text, "quotes"), canary); }));
    };
    refused("SELECT current_setting($1)");         // 42704 unrecognized configuration parameter "…"
    refused("SELECT nextval('\"' || $1 || '\"')"); // 42P01 relation "…" does not exist
    refused("SELECT ('\"' || $1 || '\"')::regclass");
    refused("SELECT pg_database_size($1::name)"); // 3D000 database "…" does not exist
    refused("SELECT date_trunc($1, now())");      // 22023 or 0A000, by version: unit "…" not recognized
}

BOOST_FIXTURE_TEST_CASE(a_label_that_is_no_enumerator, rows_fixture) {
    look.run("ALTER TABLE rows ADD COLUMN level text NOT NULL DEFAULT '" + std::string(canary.substr(0, 8)) + "'");
    table_repository<Leveled> leveled(service);
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { (void)leveled.find(1); });
    check_error(failure, error_kind::decode, "rows.find", line, __FILE__);
    BOOST_TEST(failure.column() == "level");
    check_silent(failure);
    check_goes_on();
}

BOOST_FIXTURE_TEST_CASE(what_a_user_raises_comes_through, rows_fixture) {
    const auto failure = failure_of([&] {
        service.execute(unsafe_sql("DO $$ BEGIN RAISE EXCEPTION 'too late, %', E'said\\x1b[31m'; END $$", "raises"));
    });
    check_kind(failure, error_kind::server);
    BOOST_TEST(failure.sqlstate().code() == "P0001");
    check_says(failure, "too late, said");
    BOOST_TEST(!says(failure, "\x1b")); // nothing that a terminal obeys
    check_goes_on();
}

BOOST_AUTO_TEST_SUITE_END()
