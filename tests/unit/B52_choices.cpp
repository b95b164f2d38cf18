// B52: what is one of a few words is exactly one of them: no other case, no synonym, no space.

#include "support/environment.hpp"

using namespace test;
using namespace pgrepo;

BOOST_AUTO_TEST_SUITE(B52)

BOOST_AUTO_TEST_CASE(booleans) {
    for (const char* name : {"SSL_ENABLED", "SSL_REJECT_UNAUTHORIZED", "CANCEL_IN_CLEAR", "ERROR_DETAIL",
                             "ALLOW_UNVERIFIED_TLS_IN_PRODUCTION"})
        for (const char* value : {"TRUE", "True", "yes", "on", "off", "no", "t", "2", "-1", " true", "true ", "null"})
            check_says(complaint_with(name, value),
                       std::string("PGREPO_UNIT_") + name + " is not one of true, false, 1, 0");
    for (const char* name : {"SSL_ENABLED", "SSL_REJECT_UNAUTHORIZED", "CANCEL_IN_CLEAR", "ERROR_DETAIL",
                             "ALLOW_UNVERIFIED_TLS_IN_PRODUCTION"})
        check_says(complaint_with(name, ""), std::string("PGREPO_UNIT_") + name + " is set but empty");
    for (const char* value : {"true", "1"})
        BOOST_TEST(config_with("ALLOW_UNVERIFIED_TLS_IN_PRODUCTION", value).allow_unverified_tls_in_production);
    for (const char* value : {"false", "0"})
        BOOST_TEST(!config_with("ALLOW_UNVERIFIED_TLS_IN_PRODUCTION", value).allow_unverified_tls_in_production);
    BOOST_TEST(config_with("CANCEL_IN_CLEAR", "true").connection().cancel_in_clear);
    BOOST_TEST(!config_with("CANCEL_IN_CLEAR", "false").connection().cancel_in_clear);
}

BOOST_AUTO_TEST_CASE(names_of_modes) {
    BOOST_TEST((variables().socket().read().pooler == pooler_mode::none));
    BOOST_TEST((config_with("POOLER", "none").pooler == pooler_mode::none));
    BOOST_TEST((config_with("POOLER", "transaction").pooler == pooler_mode::transaction));
    for (const char* value : {"session", "statement", "Transaction", "pgbouncer", "transaction "})
        check_says(complaint_with("POOLER", value), "PGREPO_UNIT_POOLER is not one of none, transaction");

    BOOST_TEST((config_with("CHANNEL_BINDING", "require").channel_binding == channel_binding_mode::automatic));
    BOOST_TEST((config_with("CHANNEL_BINDING", "prefer").channel_binding == channel_binding_mode::prefer));
    for (const char* value : {"disable", "REQUIRE"})
        check_says(complaint_with("CHANNEL_BINDING", value),
                   "PGREPO_UNIT_CHANNEL_BINDING is not one of require, prefer");

    const std::pair<const char*, session_target> targets[] = {{"any", session_target::any},
                                                              {"read-write", session_target::read_write},
                                                              {"read-only", session_target::read_only},
                                                              {"primary", session_target::primary},
                                                              {"standby", session_target::standby},
                                                              {"prefer-standby", session_target::prefer_standby}};
    for (const auto& [value, meant] : targets)
        BOOST_TEST((config_with("TARGET_SESSION_ATTRS", value).target == meant), value);
    for (const char* value : {"master", "read_write", "Any", "preferred"})
        check_says(complaint_with("TARGET_SESSION_ATTRS", value),
                   "PGREPO_UNIT_TARGET_SESSION_ATTRS is not one of any, read-write, read-only, primary, standby, "
                   "prefer-standby");
}

BOOST_AUTO_TEST_CASE(the_environment_the_program_is_run_for) {
    const auto with = [](const char* value) {
        variables env;
        return env.socket().set_plain("APP_ENV", value).read().environment;
    };
    BOOST_TEST((variables().socket().read().environment == app_environment::development));
    BOOST_TEST((with("development") == app_environment::development));
    BOOST_TEST((with("production") == app_environment::production));
    for (const char* value : {"prod", "Production", "staging", "production ", ""}) {
        variables env;
        check_says(env.socket().set_plain("APP_ENV", value).complaint(),
                   *value == '\0' ? "APP_ENV is set but empty" : "APP_ENV is not one of development, production");
    }
}

BOOST_AUTO_TEST_CASE(names_and_texts) {
    BOOST_TEST(variables().socket().read().application_name == "pgrepo");
    BOOST_TEST(variables().socket().read().schema == "public");
    BOOST_TEST(config_with("APPLICATION_NAME", "orders api").application_name == "orders api");
    BOOST_TEST(config_with("SCHEMA", "My \"App\"").schema == "My \"App\"");
    check_says(complaint_with("APPLICATION_NAME", std::string(64, 'x')),
               "PGREPO_UNIT_APPLICATION_NAME is longer than 63");
    check_says(complaint_with("APPLICATION_NAME", "caf\xC3\xA9"), "PGREPO_UNIT_APPLICATION_NAME is longer than 63");
    check_says(complaint_with("SCHEMA", std::string(64, 'x')), "PGREPO_UNIT_SCHEMA has more than 63 bytes");
    check_says(complaint_with("SCHEMA", "app,public"), "PGREPO_UNIT_SCHEMA holds a comma");
    check_says(complaint_with("SCHEMA", "$user"), "PGREPO_UNIT_SCHEMA is $user");
    for (const char* name : {"SCHEMA", "APPLICATION_NAME", "POOLER", "SSL_CA", "SSL_KEY", "SSL_CERT"})
        check_says(complaint_with(name, ""), std::string("PGREPO_UNIT_") + name + " is set but empty");
}

BOOST_AUTO_TEST_SUITE_END()
