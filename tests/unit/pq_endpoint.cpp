#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/endpoint.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace pgrepo;

namespace {

connection_options options(std::string host, tls_mode tls = tls_mode::automatic) {
    connection_options out;
    out.host = std::move(host);
    out.user = "ada";
    out.database = "shop";
    out.password = secret("pw-Canary_7!x");
    out.tls = tls;
    out.tls_ca = "/etc/ssl/certs/ca-certificates.crt";
    return out;
}

std::string complaint(const connection_options& with) {
    try {
        detail::check_options(with);
    } catch (const error& caught) {
        BOOST_TEST((caught.kind() == error_kind::configuration));
        BOOST_TEST(std::string(caught.what()).find("Canary") == std::string::npos);
        return caught.message();
    }
    return {};
}

bool complains(const connection_options& with, std::string_view of) {
    return complaint(with).find(of) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_endpoint)

BOOST_AUTO_TEST_CASE(loopback_is_what_cannot_leave_the_machine) {
    for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1"})
        BOOST_TEST(detail::is_loopback(host), host);
    for (const char* host : {"128.0.0.1", "localhost.example.org", "LOCALHOST", "127.1", "::2", "10.0.0.1", "db", ""})
        BOOST_TEST(!detail::is_loopback(host), host);
}

BOOST_AUTO_TEST_CASE(tls_is_for_network_hosts_unless_asked_for) {
    BOOST_TEST(detail::wants_tls(options("db.example.org")));
    BOOST_TEST(detail::wants_tls(options("10.0.0.1")));
    BOOST_TEST(!detail::wants_tls(options("127.0.0.1")));
    BOOST_TEST(!detail::wants_tls(options("/run/postgresql")));
    BOOST_TEST(detail::wants_tls(options("localhost", tls_mode::verify_full)));
    BOOST_TEST(!detail::wants_tls(options("localhost", tls_mode::off)));
}

BOOST_AUTO_TEST_CASE(unfit_settings_are_refused_before_anything_is_sent) {
    BOOST_TEST(complaint(options("db.example.org")).empty());
    BOOST_TEST(complaint(options("/run/postgresql")).empty());
    BOOST_TEST(complaint(options("localhost", tls_mode::off)).empty());
    BOOST_TEST(complains(options("db.example.org", tls_mode::off), "tls is off for a network host"));
    BOOST_TEST(complains(options("/run/postgresql", tls_mode::verify_full), "a unix socket has no TLS"));
    BOOST_TEST(complains(options("a,b"), "comma"));
    BOOST_TEST(complains(options(""), "host is empty"));
    auto with = options("db");
    with.tls_ca = "/nonexistent/ca.crt";
    BOOST_TEST(complains(with, "tls_ca names a file that cannot be used, /nonexistent/ca.crt: No such file"));
    with = options("localhost");
    with.user.clear();
    with.database.clear();
    with.port = 0;
    const std::string all = complaint(with);
    for (const char* part : {"user is empty", "database is empty", "port is 0"})
        BOOST_TEST((all.find(part) != std::string::npos), part);
    with = options("localhost");
    with.password = secret(std::string_view("pw\0Canary", 9));
    BOOST_TEST(complains(with, "password holds a zero byte"));
    with = options("localhost");
    with.user = std::string("ada\0admin", 9);
    BOOST_TEST(complains(with, "user holds a zero byte"));
}

BOOST_AUTO_TEST_CASE(an_unfit_setting_stops_open) {
    BOOST_CHECK_EXCEPTION((void)connection::open(options("db.example.org", tls_mode::off)), error,
                          [](const error& caught) { return caught.kind() == error_kind::configuration; });
}

BOOST_AUTO_TEST_SUITE_END()
