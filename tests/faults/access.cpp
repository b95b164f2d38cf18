// Who is not let in, and a TLS request that is refused: F17, F18.

#include "support/bench.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace faults;

namespace {

/// A password that shares no four characters with any other text.
constexpr std::string_view canary = "Zq7!wK3@xV9#jY5%";

void check_silent(const pgrepo::error& failure) {
    const auto& details = failure.details();
    const std::string all = std::string(failure.what()) + '\n' + details.message;
    for (std::size_t i = 0; i + 4 <= canary.size(); ++i)
        BOOST_TEST(all.find(canary.substr(i, 4)) == std::string::npos, all << ": shows a part of a secret");
}

/// A role of the test's own, and a service's configuration that names it, by way of a proxy that counts attempts.
struct role {
    role() {
        root.run("CREATE ROLE " + name + " LOGIN PASSWORD '" + std::string(canary) + "'");
        config = through(proxy, db.config());
        config.user = name;
        config.password = pgrepo::secret(canary);
        config.pool_max = 2;
    }
    ~role() {
        try {
            wait_for("the sessions' end", [&] {
                return root.run("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + name + "'") == "0";
            });
            root.run("DROP ROLE " + name);
        } catch (const std::exception& failure) {
            BOOST_TEST_MESSAGE(failure.what());
        }
    }
    role(const role&) = delete;
    role& operator=(const role&) = delete;

    /// What a call is refused with, whose session cannot be opened: at once, and after one attempt.
    pgrepo::error refused(std::string_view state, error_kind kind) {
        const auto before = proxy.counts().sessions;
        const auto failure = failure_of([&] { postgres_service service(config); });
        BOOST_TEST(proxy.counts().sessions == before + 1);
        check_kind(failure, kind);
        check_state(failure, state);
        check_silent(failure);
        return failure;
    }
    /// The same for a service that is open already and has lost its sessions. Who asks at once again is told the same, with its
    /// age, and without another attempt: it might lock the account.
    void refused_later(postgres_service& service, std::string_view state, error_kind kind) {
        root.run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '" + name + "'");
        std::this_thread::sleep_for(25ms); // until they are looked at before they are lent
        for (int i = 0; i < 2; ++i) {
            const auto before = proxy.counts().sessions;
            const auto failure = failure_of([&] { one(service); });
            BOOST_TEST(proxy.counts().sessions == before + (i == 0 ? 1 : 0));
            check_kind(failure, kind);
            check_state(failure, state);
            BOOST_TEST(failure.statement_id() == "one");
            check_silent(failure);
            BOOST_TEST(service.connection_info().pool_size == 0U); // no place is leaked
        }
    }

    /// Once it is mended, the service works again; a caller is let try a second or two after the last attempt.
    static void works_again(postgres_service& service) {
        wait_for("the next attempt", [&] { return pgrepo::try_([&] { return one(service); }).has_value(); });
    }

    session root = administrator();
    database db{notes_schema};
    fault_proxy proxy{the_server()};
    const std::string name = "pgrepo_role_" + std::to_string(::getpid());
    postgres_config config{};
};

} // namespace

// ---- F17: a wrong password

BOOST_AUTO_TEST_SUITE(F17)

BOOST_AUTO_TEST_CASE(one_attempt_and_no_secret) {
    role on;
    postgres_service service(on.config);
    on.root.run("ALTER ROLE " + on.name + " PASSWORD 'changed'");
    check_says(on.refused("28P01", error_kind::authentication_failed), "password");
    on.refused_later(service, "28P01", error_kind::authentication_failed);
    on.root.run("ALTER ROLE " + on.name + " PASSWORD '" + std::string(canary) + "'");
    role::works_again(service); // nothing stays shut
    on.root.run("ALTER ROLE " + on.name + " VALID UNTIL '2000-01-01'");
    on.refused_later(service, "28P01", error_kind::authentication_failed);
    on.root.run("ALTER ROLE " + on.name + " VALID UNTIL 'infinity'");
    role::works_again(service);
}

BOOST_AUTO_TEST_CASE(who_says_no_to_tls_gets_neither_password_nor_name) {
    // Any file with a certificate will do: nobody gets so far as to be verified.
    role on;
    std::string authorities = environment("POSTGRES_SSL_CA");
    if (authorities.empty()) {
        authorities = environment("POSTGRES_HOST") + "/nobody.pem";
        const std::string command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
                                    "-subj /CN=nobody -keyout /dev/null -out '" +
                                    authorities + "' 2>/dev/null";
        BOOST_REQUIRE(std::system(command.c_str()) == 0);
    }
    on.config.tls = pgrepo::tls_mode::verify_full;
    on.config.tls_ca = authorities;
    on.proxy.refuse_tls(true);
    const auto failure = failure_of([&] { postgres_service service(on.config); });
    check_kind(failure, error_kind::connect_failed);
    check_says(failure, "TLS");
    check_silent(failure);
    const auto counts = on.proxy.counts();
    BOOST_TEST(counts.tls_refusals == 1U);
    BOOST_TEST(counts.sessions == 1U);       // not tried again without
    BOOST_TEST(counts.to_server.read == 8U); // the request and not a byte more
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F18: no such database, no such role, no right to connect

BOOST_AUTO_TEST_SUITE(F18)

BOOST_AUTO_TEST_CASE(each_is_typed_after_one_attempt) {
    role on;
    const auto good = on.config;
    on.config.database = "no_database_of_this_name";
    check_says(on.refused("3D000", error_kind::connect_failed), "no_database_of_this_name");
    on.config = good;
    on.config.user = "no_role_of_this_name";
    check_says(on.refused("28P01", error_kind::authentication_failed), "no_role_of_this_name");
    on.config = good;

    postgres_service service(on.config);
    on.root.run("ALTER ROLE " + on.name + " NOLOGIN");
    on.refused("28000", error_kind::authentication_failed);
    on.refused_later(service, "28000", error_kind::authentication_failed);
    on.root.run("ALTER ROLE " + on.name + " LOGIN");
    role::works_again(service);

    on.root.run("REVOKE CONNECT ON DATABASE " + on.db.name() + " FROM PUBLIC");
    check_says(on.refused("42501", error_kind::connect_failed), "GRANT CONNECT");
    on.refused_later(service, "42501", error_kind::connect_failed);
    on.root.run("GRANT CONNECT ON DATABASE " + on.db.name() + " TO " + on.name);
    role::works_again(service);

    on.root.run("ALTER ROLE " + on.name + " CONNECTION LIMIT 0");
    on.refused("53300", error_kind::connect_failed);
    on.refused_later(service, "53300", error_kind::connect_failed);
    on.root.run("ALTER ROLE " + on.name + " CONNECTION LIMIT -1");
    role::works_again(service);
}

BOOST_AUTO_TEST_SUITE_END()
