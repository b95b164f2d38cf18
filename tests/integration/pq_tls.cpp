#include "pq_support.hpp"
#include "support/middleman.hpp"

#include <pgrepo/pq/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace pq_test;
using pgrepo::connection;
using pgrepo::error_kind;

namespace {

// scripts/with-postgres --tls
boost::test_tools::assertion_result server_has_tls(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(!environment("POSTGRES_SSL_CA").empty());
    if (!answer) answer.message() << "the server has no TLS; run it with scripts/with-postgres --tls";
    return answer;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

pgrepo::connection_options tls_server() {
    auto options = server();
    options.host = "localhost";
    options.port = static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_TCP_PORT")));
    options.tls = pgrepo::tls_mode::verify_full;
    options.tls_ca = environment("POSTGRES_SSL_CA");
    return options;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_tls, *boost::unit_test::precondition(server_has_tls))

BOOST_AUTO_TEST_CASE(a_verified_session_is_encrypted) {
    auto link = connection::open(tls_server());
    BOOST_TEST(link->encrypted());
    for (int i = 0; i < 3; ++i) BOOST_TEST(integer(run(*link, sql("SELECT $1 + 0").int4(i))) == i);
    const std::string block(3 << 20, 'x'); // many TLS records both ways
    const auto rows = run(*link, sql("SELECT $1").binary(17, block), pgrepo::deadline::in(30s));
    BOOST_TEST((rows.cell_at(0, 0).bytes() == block));
    kill_backend(link->backend_pid());
    BOOST_TEST(soon([&] { return !link->alive_after_idle(); }));
}

BOOST_AUTO_TEST_CASE(an_unknown_authority_is_refused) {
    auto with = tls_server();
    with.tls_ca = environment("PGREPO_TLS_OTHER_CA");
    const auto caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST((caught.kind() == error_kind::connect_failed));
    BOOST_TEST(has(caught.what(), "not signed by a trusted authority"), caught.what());
    with.tls_ca = "/etc/hostname"; // no certificate in it
    BOOST_TEST((failure([&] { (void)connection::open(with); }).kind() == error_kind::configuration));
}

// B55: what is wrong with files that are there is said, too.
BOOST_AUTO_TEST_CASE(B55_a_client_certificate_is_shown_and_must_fit_its_key) {
    const auto shown = [](pgrepo::connection& link) {
        const auto rows =
            run(link, sql("SELECT coalesce(client_dn, '')::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
        return std::string(rows.cell_at(0, 0).bytes().begin(), rows.cell_at(0, 0).bytes().end());
    };
    auto with = tls_server();
    BOOST_TEST(shown(*connection::open(with)) == "");
    with.tls_cert = environment("PGREPO_TLS_CLIENT_CERT");
    with.tls_key = environment("PGREPO_TLS_CLIENT_KEY");
    BOOST_TEST(shown(*connection::open(with)) == "/CN=pgrepo");

    const test::certificates others;
    with.tls_key = others.file("server.key"); // of another certificate
    auto caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST((caught.kind() == error_kind::connect_failed));
    BOOST_TEST(has(caught.what(), "do not belong together"), caught.what());
    with.tls_cert = others.file("server.crt"); // of an authority that the server does not know
    caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST((caught.kind() == error_kind::connect_failed));
    BOOST_TEST(has(caught.what(), "the client's certificate was refused"), caught.what());
}

BOOST_AUTO_TEST_CASE(an_unverified_session_is_encrypted_and_warned_of) {
    auto with = tls_server();
    with.tls = pgrepo::tls_mode::insecure_no_verify;
    with.tls_ca = environment("PGREPO_TLS_OTHER_CA");
    recorder seen;
    for (int i = 0; i < 2; ++i) BOOST_TEST(connection::open(with, {}, &seen)->encrypted());
    BOOST_TEST_REQUIRE(seen.warnings.size() == 2U);
    for (const auto& warning : seen.warnings) BOOST_TEST(has(warning, "unverified_tls"), warning);
    seen.warnings.clear();
    (void)connection::open(tls_server(), {}, &seen);
    BOOST_TEST(seen.warnings.empty());
}

BOOST_AUTO_TEST_CASE(in_production_an_unverified_session_takes_two_to_open) {
    auto with = tls_server();
    with.tls = pgrepo::tls_mode::insecure_no_verify;
    recorder seen;
    const auto refused = [&](auto&& open) {
        const auto caught = failure(open);
        BOOST_TEST((caught.kind() == error_kind::configuration), caught.what());
        BOOST_TEST(has(caught.what(), "tls turns verification off"), caught.what());
        BOOST_TEST(has(caught.what(), "allow_unverified_tls_in_production"), caught.what());
        BOOST_TEST((seen.warnings.empty() && seen.sessions.empty())); // before anything is sent
    };
    const auto open = [&] { BOOST_TEST(connection::open(with, {}, &seen)->encrypted()); };
    const auto borrow = [&] {
        pgrepo::pool pool(with, {}, &seen);
        (void)pool.acquire();
    };
    with.environment = pgrepo::app_environment::production;
    refused(open);
    refused(borrow);
    with.environment = pgrepo::app_environment::development;
    ::setenv("APP_ENV", "production", 1); // the process knows what the options were not told
    refused(open);
    refused(borrow);
    with.allow_unverified_tls_in_production = true;
    open();
    borrow();
    ::unsetenv("APP_ENV");
    BOOST_TEST(seen.warnings.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_a_wrong_password_here_too) {
    auto with = tls_server();
    with.password = pgrepo::secret("pw-Canary_7!x");
    const auto caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST((caught.kind() == error_kind::authentication_failed));
    BOOST_TEST(caught.sqlstate().code() == "28P01");
    BOOST_TEST(!has(caught.what(), "Canary"));
}

BOOST_AUTO_TEST_CASE(the_role_is_told_of_a_host_with_two_addresses_too) {
    auto with = tls_server(); // localhost: 127.0.0.1, and ::1, where nobody listens
    with.target = pgrepo::session_target::standby;
    const auto caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST(has(caught.what(), "it is not a standby"), caught.what());
    with.target = pgrepo::session_target::prefer_standby;
    BOOST_TEST(connection::open(with)->encrypted());
}

BOOST_AUTO_TEST_CASE(the_environment_does_not_weaken_it) {
    ::setenv("PGSSLMODE", "disable", 1);
    ::setenv("PGSSLCRL", "/etc/hostname", 1);
    ::setenv("PGSSLCERT", "/etc/hostname", 1);
    ::setenv("PGSSLMAXPROTOCOLVERSION", "TLSv1.1", 1);
    BOOST_TEST(connection::open(tls_server())->encrypted());
    for (const char* name : {"PGSSLMODE", "PGSSLCRL", "PGSSLCERT", "PGSSLMAXPROTOCOLVERSION"}) ::unsetenv(name);
}

BOOST_AUTO_TEST_SUITE_END()
