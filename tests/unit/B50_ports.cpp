// B50: a port is 1 to 65535 in digits; nothing else becomes one, and nothing silently 5432.

#include "support/environment.hpp"

using namespace test;

BOOST_AUTO_TEST_SUITE(B50)

BOOST_AUTO_TEST_CASE(what_is_no_port_is_refused_by_its_variable) {
    for (const char* port : {"0", "-1", "+5432", "65536", "99999999999", "99999999999999999999", "abc", "1e3", "0x10",
                             "54999x", " 5432", "5432 ", " 5432 ", "54.32", "5 4", "\t1", "\n", "５４３２"})
        BOOST_TEST(complaint_with("PORT", port) == "the environment does not describe a database: PGREPO_UNIT_PORT is "
                                                   "not a whole number from 1 to 65535",
                   port << ": " << complaint_with("PORT", port));
    BOOST_TEST(complaint_with("PORT", "") == "the environment does not describe a database: PGREPO_UNIT_PORT is set "
                                             "but empty; give it a value or unset it");
}

BOOST_AUTO_TEST_CASE(ports_are_taken_as_they_are) {
    BOOST_TEST(config_with("PORT", "1").port == 1U);
    BOOST_TEST(config_with("PORT", "65535").port == 65535U);
    BOOST_TEST(variables().socket().read().port == 5432U);
}

BOOST_AUTO_TEST_CASE(a_list_gives_one_port_for_all_or_one_for_each) {
    const auto read = [](const char* hosts, const char* ports) {
        variables env;
        return env.set("HOST", hosts)
            .set("PORT", ports)
            .set("USER", "u")
            .set("PASSWORD", "p")
            .set("DATABASE", "d")
            .read();
    };
    auto config = read("localhost,127.0.0.1,::1", "6000");
    BOOST_TEST(config.port == 6000U);
    BOOST_TEST((config.other_hosts == std::vector<pgrepo::host_port>{{"127.0.0.1", 6000}, {"::1", 6000}}));
    config = read("localhost,127.0.0.1", "6000,6001");
    BOOST_TEST((config.host == "localhost" && config.port == 6000));
    BOOST_TEST((config.other_hosts == std::vector<pgrepo::host_port>{{"127.0.0.1", 6001}}));

    const auto complaint = [&](const char* hosts, const char* ports) {
        return complaint_of([&] { (void)read(hosts, ports); });
    };
    check_says(complaint("localhost,127.0.0.1,::1", "1,2"), "PGREPO_UNIT_PORT lists 2 ports for 3 hosts");
    check_says(complaint("localhost", "1,2"), "PGREPO_UNIT_PORT lists 2 ports for 1 host;");
    for (const char* ports : {"1,", ",1", "1,x", ",", "1,0"})
        check_says(complaint("localhost,::1", ports), "PGREPO_UNIT_PORT is not a whole number");
    for (const char* hosts : {"localhost,", ",localhost", "localhost,,::1", ","})
        check_says(complaint(hosts, "1"), "PGREPO_UNIT_HOST lists an empty host");
    check_says(complaint("localhost, ::1", "1"), "PGREPO_UNIT_HOST holds a space");
}

BOOST_AUTO_TEST_CASE(a_field_that_is_no_port_is_refused_too) {
    auto config = variables().socket().read();
    config.other_hosts = {{"/run", 0}};
    check_says(complaint_of([&] { config.validate(); }), "port is 0; it must be 1 to 65535");
}

BOOST_AUTO_TEST_SUITE_END()
