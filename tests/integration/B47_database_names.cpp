// B47: a database's name is a name, however much it looks like a connection string.

#include "service_support.hpp"

using namespace service_test;
using pgrepo::sql;

BOOST_AUTO_TEST_SUITE(B47)

BOOST_AUTO_TEST_CASE(a_connection_string_is_no_database) {
    session root;
    const auto real = server();
    for (const std::string& name :
         {"dbname=" + real.database, "host=" + real.host, "postgresql:///" + real.database, std::string("service=x"),
          real.database + " options=-cdefault_transaction_read_only=on"}) {
        auto config = server();
        config.database = name;
        const auto failure = failure_of([&] { pgrepo::postgres_service service(config); });
        BOOST_TEST(failure.sqlstate().code() == "3D000", name << ": " << failure.what());
    }
    // and there may be one of that name
    const std::string odd = "dbname=x host='y' \\ \"z\" ";
    root.run("CREATE DATABASE \"dbname=x host='y' \\ \"\"z\"\" \"");
    auto config = server();
    config.database = odd;
    {
        pgrepo::postgres_service service(config);
        BOOST_TEST(service.select_value<std::string>(sql<"SELECT current_database()::text">) == odd);
    }
    root.run("DROP DATABASE \"dbname=x host='y' \\ \"\"z\"\" \" WITH (FORCE)");
}

BOOST_AUTO_TEST_SUITE_END()
