// What a well-behaved server does not do, or only when it dies: told by one that speaks just enough of the protocol.

#include "integration/pq_support.hpp"

#include <pgrepo/pq/connection.hpp>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <arpa/inet.h>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>

using namespace pq_test;
using pgrepo::connection;
using pgrepo::deadline;
using pgrepo::error_kind;

namespace {

std::string number(std::uint32_t value) {
    const std::uint32_t network = htonl(value);
    return {reinterpret_cast<const char*>(&network), 4};
}

std::string message(char type, const std::string& body) {
    return type + number(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

std::string setting(const std::string& name, const std::string& value) {
    return message('S', name + '\0' + value + '\0');
}

std::string complaint(char type, const std::string& severity, const std::string& state, const std::string& text) {
    return message(type, "S" + severity + '\0' + "V" + severity + '\0' + "C" + state + '\0' + "M" + text + '\0' + '\0');
}

const std::string ready = message('Z', "I");

std::string greeting(const std::string& encoding = "UTF8", const std::string& version = "15.1",
                     const std::string& aside = "") {
    return message('R', number(0)) + aside + setting("client_encoding", encoding) + setting("server_version", version) +
           setting("standard_conforming_strings", "on") + setting("integer_datetimes", "on") +
           message('K', number(4711) + number(42)) + ready;
}

/// One session: reads the start-up packet, greets, and hands the socket over.
class fake {
public:
    fake(std::string hello, std::function<void(int)> then) {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        BOOST_REQUIRE(::listen(listener_, 8) == 0);
        BOOST_REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, hello = std::move(hello), then = std::move(then)] {
            const int peer = ::accept(listener_, nullptr, nullptr);
            if (peer < 0) return;
            read_some(peer);
            write_all(peer, hello);
            then(peer);
            ::close(peer);
        });
    }
    ~fake() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    fake(const fake&) = delete;
    fake& operator=(const fake&) = delete;

    static std::size_t read_some(int peer) {
        char bytes[65536];
        const auto size = ::recv(peer, bytes, sizeof bytes, 0);
        return size > 0 ? static_cast<std::size_t>(size) : 0;
    }
    static void write_all(int peer, std::string_view text) {
        while (!text.empty()) {
            const auto size = ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
            if (size <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(size));
        }
    }
    /// Until the client hangs up.
    static void linger(int peer) {
        while (read_some(peer) > 0) {}
    }

    [[nodiscard]] pgrepo::connection_options options() const {
        pgrepo::connection_options out;
        out.host = "127.0.0.1";
        out.port = port_;
        out.user = "ada";
        out.password = pgrepo::secret("pw-Canary_7!x");
        out.database = "shop";
        return out;
    }

private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

void check_kind(const pgrepo::error& caught, error_kind wanted) {
    BOOST_TEST((caught.kind() == wanted), caught.what() << " is not " << to_string(wanted));
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_fake_server)

BOOST_AUTO_TEST_CASE(an_unfit_server_is_refused) {
    for (const std::string& hello : {greeting("SQL_ASCII"), greeting("UTF8", "12.20")}) {
        fake server(hello, fake::linger);
        recorder seen;
        const auto caught = failure([&] { (void)connection::open(server.options(), {}, &seen); });
        check_kind(caught, error_kind::configuration);
        BOOST_TEST((seen.sessions == std::vector<std::string>{"opened", "unfit"}));
    }
}

BOOST_AUTO_TEST_CASE(what_comes_before_the_greeting_is_heard_and_not_printed) {
    fake server(greeting("UTF8", "15.1", complaint('N', "NOTICE", "00000", "mind the gap")), fake::linger);
    recorder seen;
    auto link = connection::open(server.options(), {}, &seen);
    BOOST_TEST((seen.notices == std::vector<std::string>{"00000 mind the gap"}));
    link.reset();
}

BOOST_AUTO_TEST_CASE(the_first_of_two_errors_counts) {
    fake server(greeting(), [](int peer) {
        fake::read_some(peer);
        fake::write_all(peer,
                        complaint('E', "ERROR", "23505", "one") + complaint('E', "ERROR", "XX000", "two") + ready);
        fake::linger(peer);
    });
    auto link = connection::open(server.options());
    const auto caught = failure([&] { run(*link, "SELECT 1", deadline::in(3s)); });
    BOOST_TEST(caught.sqlstate().code() == "23505");
    link.reset();
}

BOOST_AUTO_TEST_CASE(a_farewell_is_enough_though_the_socket_stays_open) {
    fake server(greeting(), [](int peer) {
        fake::read_some(peer);
        fake::write_all(peer, complaint('E', "FATAL", "57P01", "bye"));
        fake::linger(peer);
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
            fake::read_some(peer);
            if (commits) { // a transaction is open, and the next message is COMMIT
                fake::write_all(peer, message('C', std::string("BEGIN") + '\0') + message('Z', "T"));
                fake::read_some(peer);
            }
            fake::write_all(peer, complaint('N', "WARNING", "57P02", "crash"));
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
        fake::write_all(peer, complaint('N', "NOTICE", "00000", "last words"));
    });
    auto link = connection::open(server.options());
    std::this_thread::sleep_for(150ms);
    BOOST_TEST(!link->alive_after_idle());
}

BOOST_AUTO_TEST_CASE(rows_in_text_format_are_refused) {
    const std::string row = message('T', std::string("\0\1n\0", 4) + number(0) + std::string("\0\0", 2) + number(23) +
                                             std::string("\0\4", 2) + number(0xffffffffU) + std::string("\0\0", 2));
    fake server(greeting(), [&](int peer) {
        fake::read_some(peer);
        fake::write_all(peer, message('1', "") + message('2', "") + row +
                                  message('D', std::string("\0\1", 2) + number(1) + "7") +
                                  message('C', std::string("SELECT 1") + '\0') + ready);
        fake::linger(peer);
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
        fake::read_some(peer);
        // Neither side can send on until the other reads, and the answer is complete before the question is.
        fake::write_all(peer, flood + complaint('E', "ERROR", "23505", "done") + ready);
        fake::linger(peer);
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
            fake::read_some(peer);
            fake::write_all(peer, garbage);
        });
        auto link = connection::open(server.options());
        check_kind(failure([&] { run(*link, "SELECT 1", deadline::in(3s)); }), error_kind::connection_lost);
        BOOST_TEST(!link->usable());
    }
}

BOOST_AUTO_TEST_SUITE_END()
