// What a well-behaved server does not do, or only when it dies: told by one that speaks just enough of the protocol.

#include "integration/pq_support.hpp"
#include "support/fake_server.hpp"

#include <pgrepo/pq/connection.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

using namespace pq_test;
using pgrepo::connection;
using pgrepo::deadline;
using pgrepo::error_kind;
using wire::complaint;
using wire::greeting;
using wire::message;
using wire::number;
using wire::ready;

namespace {

class fake : public wire::fake {
public:
    using wire::fake::fake;

    [[nodiscard]] pgrepo::connection_options options() const {
        pgrepo::connection_options out;
        out.host = "127.0.0.1";
        out.port = port();
        out.user = "ada";
        out.password = pgrepo::secret("pw-Canary_7!x");
        out.database = "shop";
        return out;
    }
};

void check_kind(const pgrepo::error& caught, error_kind wanted) {
    BOOST_TEST((caught.kind() == wanted), caught.what() << " is not " << to_string(wanted));
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_fake_server)

BOOST_AUTO_TEST_CASE(an_unfit_server_is_refused) {
    for (const std::string& hello : {greeting("SQL_ASCII"), greeting("UTF8", "12.20")}) {
        fake server(hello, wire::linger);
        recorder seen;
        const auto caught = failure([&] { (void)connection::open(server.options(), {}, &seen); });
        check_kind(caught, error_kind::configuration);
        BOOST_TEST((seen.sessions == std::vector<std::string>{"opened", "unfit"}));
    }
}

BOOST_AUTO_TEST_CASE(what_comes_before_the_greeting_is_heard_and_not_printed) {
    fake server(greeting("UTF8", "15.1", complaint('N', "NOTICE", "00000", "mind the gap")), wire::linger);
    recorder seen;
    auto link = connection::open(server.options(), {}, &seen);
    BOOST_TEST((seen.notices == std::vector<std::string>{"00000 mind the gap"}));
    link.reset();
}

BOOST_AUTO_TEST_CASE(the_first_of_two_errors_counts) {
    fake server(greeting(), [](int peer) {
        wire::read_some(peer);
        wire::write_all(peer,
                        complaint('E', "ERROR", "23505", "one") + complaint('E', "ERROR", "XX000", "two") + ready);
        wire::linger(peer);
    });
    auto link = connection::open(server.options());
    const auto caught = failure([&] { run(*link, "SELECT 1", deadline::in(3s)); });
    BOOST_TEST(caught.sqlstate().code() == "23505");
    link.reset();
}

BOOST_AUTO_TEST_CASE(a_farewell_is_enough_though_the_socket_stays_open) {
    fake server(greeting(), [](int peer) {
        wire::read_some(peer);
        wire::write_all(peer, complaint('E', "FATAL", "57P01", "bye"));
        wire::linger(peer);
    });
    auto link = connection::open(server.options());
    const auto caught = failure([&] { run(*link, "SELECT 1", deadline::in(3s)); });
    check_kind(caught, error_kind::connection_lost);
    BOOST_TEST(caught.sqlstate().code() == "57P01");
    BOOST_TEST(!link->usable());
}

BOOST_AUTO_TEST_CASE(a_farewell_as_a_warning_explains_the_loss) { // an immediate shutdown
    for (const bool commits : {false, true}) {
        fake server(greeting(), [commits](int peer) {
            wire::read_some(peer);
            if (commits) { // a transaction is open, and the next message is COMMIT
                wire::write_all(peer, message('C', std::string("BEGIN") + '\0') + message('Z', "T"));
                wire::read_some(peer);
            }
            wire::write_all(peer, complaint('N', "WARNING", "57P02", "crash"));
        });
        auto link = connection::open(server.options());
        if (commits) link->begin();
        const auto caught = failure([&] {
            if (commits)
                link->commit(deadline::in(3s));
            else
                run(*link, "SELECT 1", deadline::in(3s));
        });
        check_kind(caught, commits ? error_kind::commit_unknown : error_kind::connection_lost);
        BOOST_TEST(caught.sqlstate().code() == "57P02");
    }
}

BOOST_AUTO_TEST_CASE(a_silent_end_after_a_notice_is_found_while_idle) {
    fake server(greeting(), [](int peer) {
        std::this_thread::sleep_for(50ms);
        wire::write_all(peer, complaint('N', "NOTICE", "00000", "last words"));
    });
    auto link = connection::open(server.options());
    std::this_thread::sleep_for(150ms);
    BOOST_TEST(!link->alive_after_idle());
}

BOOST_AUTO_TEST_CASE(rows_in_text_format_are_refused) {
    const std::string row = message('T', std::string("\0\1n\0", 4) + number(0) + std::string("\0\0", 2) + number(23) +
                                             std::string("\0\4", 2) + number(0xffffffffU) + std::string("\0\0", 2));
    fake server(greeting(), [&](int peer) {
        wire::read_some(peer);
        wire::write_all(peer, message('1', "") + message('2', "") + row +
                                  message('D', std::string("\0\1", 2) + number(1) + "7") +
                                  message('C', std::string("SELECT 1") + '\0') + ready);
        wire::linger(peer);
    });
    auto link = connection::open(server.options());
    check_kind(failure([&] { run(*link, "SELECT 7", deadline::in(3s)); }), error_kind::decode);
    BOOST_TEST(link->usable());
    link.reset();
}

BOOST_AUTO_TEST_CASE(a_server_that_talks_before_it_listens_is_heard) {
    std::string flood;
    for (int i = 0; i < 16000; ++i) flood += complaint('N', "NOTICE", "00000", std::string(1000, 'n'));
    fake server(greeting(), [&](int peer) {
        wire::read_some(peer);
        // Neither side can send on until the other reads, and the answer is complete before the question is.
        wire::write_all(peer, flood + complaint('E', "ERROR", "23505", "done") + ready);
        wire::linger(peer);
    });
    auto link = connection::open(server.options());
    const auto caught =
        failure([&] { run(*link, sql("SELECT $1", false).binary(17, std::string(32 << 20, 'x')), deadline::in(20s)); });
    BOOST_TEST(caught.sqlstate().code() == "23505", caught.what());
    link.reset();
}

BOOST_AUTO_TEST_CASE(garbage_is_a_lost_connection) {
    for (const std::string& garbage :
         {message('Z', std::string(40, 'x')), std::string("\xff\xff\xff\xff\xff\xff\xff\xff"), message('D', "\x7f\x7f"),
          message('T', number(0xffffffffU))}) {
        fake server(greeting(), [&](int peer) {
            wire::read_some(peer);
            wire::write_all(peer, garbage);
        });
        auto link = connection::open(server.options());
        check_kind(failure([&] { run(*link, "SELECT 1", deadline::in(3s)); }), error_kind::connection_lost);
        BOOST_TEST(!link->usable());
    }
}

BOOST_AUTO_TEST_SUITE_END()
