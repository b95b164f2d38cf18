// Every golden text, parsed by a real server against the tables it is about: what it says of parameters and columns must
// be what the text was made for.
#include "sql/golden_statements.hpp"

#include <boost/test/unit_test.hpp>
#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace {

struct finish_connection {
    void operator()(PGconn* c) const { PQfinish(c); }
};
struct clear_result {
    void operator()(PGresult* r) const { PQclear(r); }
};
using connection = std::unique_ptr<PGconn, finish_connection>;
using answer = std::unique_ptr<PGresult, clear_result>;

connection connect() {
    const char* keys[] = {"host", "port", "user", "password", "dbname", "client_encoding", nullptr};
    const char* values[] = {std::getenv("POSTGRES_HOST"),
                            std::getenv("POSTGRES_PORT"),
                            std::getenv("POSTGRES_USER"),
                            std::getenv("POSTGRES_PASSWORD"),
                            std::getenv("POSTGRES_DATABASE"),
                            "UTF8",
                            nullptr};
    connection made(PQconnectdbParams(keys, values, 0));
    BOOST_REQUIRE_MESSAGE(PQstatus(made.get()) == CONNECTION_OK, PQerrorMessage(made.get()));
    return made;
}

void run(PGconn* server, const char* text) {
    const answer done(PQexec(server, text));
    BOOST_REQUIRE_MESSAGE(PQresultStatus(done.get()) == PGRES_COMMAND_OK, text << ": " << PQerrorMessage(server));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_server_understands_each_golden_text) {
    const connection server = connect();
    // Never committed: nothing is left behind, and other tests do not see it.
    run(server.get(), "SET client_min_messages = error");
    run(server.get(), "BEGIN");
    run(server.get(), golden::tables);

    int number = 0;
    for (const golden::statement& s : golden::statements()) {
        BOOST_TEST_CONTEXT(s.what << ": " << s.text) {
            const std::string name = "golden_" + std::to_string(++number);
            run(server.get(), "SAVEPOINT one");
            const answer prepared(PQprepare(server.get(), name.c_str(), s.text.c_str(),
                                            static_cast<int>(s.types.size()), s.types.data()));
            BOOST_TEST((PQresultStatus(prepared.get()) == PGRES_COMMAND_OK), PQerrorMessage(server.get()));
            if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
                run(server.get(), "ROLLBACK TO SAVEPOINT one");
                continue;
            }
            const answer described(PQdescribePrepared(server.get(), name.c_str()));
            BOOST_REQUIRE(PQresultStatus(described.get()) == PGRES_COMMAND_OK);
            BOOST_TEST(PQnparams(described.get()) == static_cast<int>(s.types.size()));
            for (std::size_t i = 0; i < s.types.size(); ++i)
                if (s.types[i] != 0) BOOST_TEST(PQparamtype(described.get(), static_cast<int>(i)) == s.types[i]);
            std::vector<std::string> columns;
            for (int i = 0; i < PQnfields(described.get()); ++i) columns.emplace_back(PQfname(described.get(), i));
            BOOST_TEST(columns == s.columns, boost::test_tools::per_element());
        }
    }
    BOOST_TEST(number > 70);
    run(server.get(), "ROLLBACK");
}

// What travels with a text must be what the server takes for it: each statement is run with the values that the
// repository bound.
BOOST_AUTO_TEST_CASE(a_server_runs_each_golden_text) {
    const connection server = connect();
    run(server.get(), "SET client_min_messages = error");
    run(server.get(), "BEGIN");
    run(server.get(), golden::tables);

    for (const golden::statement& s : golden::statements()) {
        BOOST_TEST_CONTEXT(s.what << ": " << s.text) {
            std::vector<const char*> values;
            std::vector<int> lengths;
            for (const auto& value : s.sent.values) {
                values.push_back(value ? value->c_str() : nullptr);
                lengths.push_back(value ? static_cast<int>(value->size()) : 0);
            }
            run(server.get(), "SAVEPOINT one");
            const answer outcome(PQexecParams(server.get(), s.text.c_str(), static_cast<int>(s.types.size()),
                                              s.types.data(), values.data(), lengths.data(), s.sent.formats.data(), 1));
            const ExecStatusType status = PQresultStatus(outcome.get());
            BOOST_TEST((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK), PQerrorMessage(server.get()));
            run(server.get(), "ROLLBACK TO SAVEPOINT one");
        }
    }
    run(server.get(), "ROLLBACK");
}
