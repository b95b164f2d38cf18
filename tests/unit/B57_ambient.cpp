// B57: PG* variables and files in the home directory change nothing, unless it is asked for.

#include "support/environment.hpp"
#include "support/libpq_keywords.hpp"

using namespace test;
using namespace pgrepo;

namespace {

void set_all(variables& env) {
    for (const auto& [name, value] :
         std::initializer_list<std::pair<const char*, const char*>>{{"PGHOST", "/run"},
                                                                    {"PGPORT", "6000"},
                                                                    {"PGUSER", "ada"},
                                                                    {"PGDATABASE", "shop"},
                                                                    {"PGAPPNAME", "psql"},
                                                                    {"PGTARGETSESSIONATTRS", "standby"}})
        env.set_plain(name, value);
    env.set_plain("PGPASSWORD", std::string(canary));
}

connection_options network_host() {
    connection_options out;
    out.host = "db.example.org";
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(B57)

BOOST_AUTO_TEST_CASE(they_do_not_count) {
    variables env;
    set_all(env);
    const std::string all = env.complaint();
    for (const char* name : {"HOST", "USER", "PASSWORD", "DATABASE"})
        check_says(all, std::string("PGREPO_UNIT_") + name + " is not set");
    env.socket();
    const auto config = env.read();
    BOOST_TEST((config.port == 5432 && config.password.empty() && config.application_name == "pgrepo"));
    BOOST_TEST((config.target == session_target::any && !config.ambient));
    BOOST_TEST((env.set("AMBIENT", "false").read().password.empty()));
}

BOOST_AUTO_TEST_CASE(asked_for_they_fill_what_is_not_set) {
    variables env;
    set_all(env);
    env.set("AMBIENT", "true");
    auto config = env.read();
    BOOST_TEST((config.host == "/run" && config.port == 6000 && config.user == "ada" && config.database == "shop"));
    BOOST_TEST((config.password.reveal() == canary && config.application_name == "psql" && config.ambient));
    BOOST_TEST((config.target == session_target::standby));
    env.set("USER", "grace").set("PORT", "1");
    config = env.read();
    BOOST_TEST((config.user == "grace" && config.port == 1 && config.host == "/run"));
}

BOOST_AUTO_TEST_CASE(and_are_held_to_the_same_rules_by_their_own_names) {
    variables env;
    env.set("AMBIENT", "true")
        .set_plain("PGPORT", "0")
        .set_plain("PGUSER", "")
        .set_plain("PGSSLROOTCERT", "/nonexistent");
    const std::string all = env.complaint();
    for (const char* part :
         {"PGPORT is not a whole number", "PGUSER is set but empty", "PGSSLROOTCERT names a file that cannot be used",
          "PGREPO_UNIT_HOST is not set", "PGREPO_UNIT_DATABASE is not set"})
        check_says(all, part);
    BOOST_TEST(!has(all, "PASSWORD")); // it may stand in ~/.pgpass
}

BOOST_AUTO_TEST_CASE(files_of_the_home_directory_are_kept_from_libpq) {
    variables env;
    env.set_plain("PGPASSWORD", std::string(canary));
    auto options = network_host();
    for (const char* keyword : {"passfile", "sslcert", "sslkey", "sslcrl", "sslcrldir"})
        BOOST_TEST((given(options, keyword) == "/nonexistent/pgrepo"), keyword);
    BOOST_TEST((given(options, "password") == " "));
    options.ambient = true;
    for (const char* keyword : {"passfile", "sslcert", "sslkey", "sslcrl", "sslcrldir", "password"})
        BOOST_TEST(!given(options, keyword).has_value(), keyword);
    // and what is ours stays ours
    BOOST_TEST((given(options, "sslmode") == "verify-full"));
    BOOST_TEST((given(options, "sslrootcert") == "/etc/ssl/certs/ca-certificates.crt"));
    BOOST_TEST((given(options, "channel_binding") == "require")); // there may be a password
    options.tls_cert = "/c.crt";
    options.tls_key = "/c.key";
    BOOST_TEST((given(options, "sslcert") == "/c.crt" && given(options, "sslkey") == "/c.key"));
    options.host = "localhost"; // without TLS nothing is shown
    BOOST_TEST((given(options, "sslcert") == "/nonexistent/pgrepo" && given(options, "sslmode") == "disable"));
}

BOOST_AUTO_TEST_SUITE_END()
