// B53: what protects the link is said by a fixed list of words, and a wrong one is an error, never less protection.

#include "support/environment.hpp"
#include "support/libpq_keywords.hpp"

using namespace test;
using namespace pgrepo;

namespace {

/// The environment of a network host, with a password.
std::string complaint(const std::vector<std::pair<std::string, std::string>>& more, tls_mode* mode = nullptr) {
    variables env;
    env.set("HOST", "db.example.org").set("USER", "u").set("PASSWORD", std::string(canary)).set("DATABASE", "d");
    for (const auto& [name, value] : more)
        if (name == "APP_ENV")
            env.set_plain(name, value);
        else
            env.set(name, value);
    return complaint_of([&] {
        const auto config = env.read();
        if (mode != nullptr) *mode = config.tls;
    });
}

tls_mode mode(const std::vector<std::pair<std::string, std::string>>& more) {
    auto out = tls_mode::off;
    BOOST_TEST(complaint(more, &out) == "");
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(B53)

BOOST_AUTO_TEST_CASE(a_network_host_is_verified_unless_it_is_said_otherwise) {
    BOOST_TEST((mode({}) == tls_mode::automatic)); // which is verify_full for a network host
    BOOST_TEST((mode({{"SSL_ENABLED", "true"}}) == tls_mode::verify_full));
    BOOST_TEST((mode({{"SSL_REJECT_UNAUTHORIZED", "true"}}) == tls_mode::automatic));
    BOOST_TEST((mode({{"SSL_REJECT_UNAUTHORIZED", "false"}}) == tls_mode::insecure_no_verify));
    BOOST_TEST((mode({{"SSL_ENABLED", "1"}, {"SSL_REJECT_UNAUTHORIZED", "0"}}) == tls_mode::insecure_no_verify));
    check_says(complaint({{"SSL_ENABLED", "false"}}), "PGREPO_UNIT_SSL_ENABLED is off for a network host");
    check_says(complaint({{"SSL_ENABLED", "false"}, {"SSL_REJECT_UNAUTHORIZED", "false"}}),
               "PGREPO_UNIT_SSL_ENABLED is off for a network host");
    for (const char* value : {"", "verify_full", "VERIFY-FULL", "require", "prefer", "disable"}) {
        BOOST_TEST(complaint({{"SSL_ENABLED", value}}) != "", value);
        BOOST_TEST(complaint({{"SSL_REJECT_UNAUTHORIZED", value}}) != "", value);
    }
}

BOOST_AUTO_TEST_CASE(what_libpq_is_told) {
    connection_options options;
    options.host = "db.example.org";
    options.password = secret(canary);
    const auto is = [&](const char* keyword, const std::string& value) {
        BOOST_TEST((given(options, keyword) == value),
                   keyword << " is " << given(options, keyword).value_or("not given"));
    };
    is("sslmode", "verify-full");
    is("sslrootcert", "/etc/ssl/certs/ca-certificates.crt");
    is("ssl_min_protocol_version", "TLSv1.2");
    is("gssencmode", "disable"); // which would go before TLS
    is("channel_binding", "require");
    options.channel_binding = channel_binding_mode::prefer;
    is("channel_binding", "prefer");
    options.tls = tls_mode::insecure_no_verify;
    is("sslmode", "require");
    is("sslrootcert", "/nonexistent/pgrepo");
    is("channel_binding", "require"); // whatever is said
    options.tls = tls_mode::automatic;
    options.channel_binding = channel_binding_mode::automatic;
    options.password = {};
    is("channel_binding", "prefer"); // nothing to bind
    options.password = secret(canary);
    options.host = "localhost";
    is("sslmode", "disable");
    is("channel_binding", "prefer");
    options.tls = tls_mode::verify_full;
    is("sslmode", "verify-full");
    is("channel_binding", "require");
}

BOOST_AUTO_TEST_CASE(what_cannot_leave_the_machine_needs_none) {
    BOOST_TEST((config_with("SSL_REJECT_UNAUTHORIZED", "false").tls == tls_mode::automatic));
    BOOST_TEST((config_with("SSL_ENABLED", "false").tls == tls_mode::off));
    check_says(complaint_with("SSL_ENABLED", "true"),
               "PGREPO_UNIT_SSL_ENABLED is asked for, but a unix socket has no TLS");
}

BOOST_AUTO_TEST_CASE(in_production_no_verification_takes_two_to_turn_off) {
    const std::string refused = complaint({{"SSL_REJECT_UNAUTHORIZED", "false"}, {"APP_ENV", "production"}});
    check_says(refused, "PGREPO_UNIT_SSL_REJECT_UNAUTHORIZED turns verification off");
    check_says(refused, "ALLOW_UNVERIFIED_TLS_IN_PRODUCTION=true");
    check_says(complaint({{"SSL_REJECT_UNAUTHORIZED", "false"},
                          {"APP_ENV", "production"},
                          {"ALLOW_UNVERIFIED_TLS_IN_PRODUCTION", "false"}}),
               "turns verification off");
    BOOST_TEST((mode({{"SSL_REJECT_UNAUTHORIZED", "false"},
                      {"APP_ENV", "production"},
                      {"ALLOW_UNVERIFIED_TLS_IN_PRODUCTION", "true"}}) == tls_mode::insecure_no_verify));
    BOOST_TEST((mode({{"APP_ENV", "production"}}) == tls_mode::automatic));
    // and so do fields
    postgres_config config = variables().socket().read();
    config.host = "db.example.org";
    config.tls = tls_mode::insecure_no_verify;
    config.validate();
    {
        variables env; // fields do not say where the program runs, and the process does
        env.set_plain("APP_ENV", "production");
        check_says(complaint_of([&] { config.validate(); }), "tls turns verification off");
    }
    config.environment = app_environment::production;
    check_says(complaint_of([&] { config.validate(); }), "tls turns verification off");
    config.allow_unverified_tls_in_production = true;
    config.validate();
}

BOOST_AUTO_TEST_SUITE_END()
