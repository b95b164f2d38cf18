#include <pgrepo/pq/resolve.hpp>
#include <pgrepo/pq/wait.hpp>

#include <boost/test/unit_test.hpp>

#include <netdb.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <sys/socket.h>
#include <thread>

using namespace std::chrono_literals;
using pgrepo::deadline;
using pgrepo::io;
using pgrepo::detail::wait_for;
using pgrepo::detail::wait_outcome;

// A name server that does not answer: this definition takes the place of the C library's in this program.
extern "C" int getaddrinfo(const char* host, const char*, const addrinfo*, addrinfo**) {
    if (std::strcmp(host, "slow.test") == 0) std::this_thread::sleep_for(700ms);
    return EAI_NONAME;
}

namespace {

struct pair {
    pair() { BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0); }
    ~pair() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    pair(const pair&) = delete;
    pair& operator=(const pair&) = delete;
    int ends[2]{};
};

std::chrono::milliseconds since(deadline::clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline::clock::now() - start);
}

/// Wants to read from one socket a few times.
struct reader {
    int from;
    int left;
    io advance() {
        char byte = 0;
        if (::recv(from, &byte, 1, MSG_DONTWAIT) == 1) --left;
        return left == 0 ? io::done : io::want_read;
    }
    [[nodiscard]] int socket() const { return from; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(pq_wait)

BOOST_AUTO_TEST_CASE(ready_at_once) {
    pair sockets;
    BOOST_TEST((wait_for(sockets.ends[0], io::want_write, deadline::in(5s)) == wait_outcome::ready));
    BOOST_TEST(::send(sockets.ends[1], "x", 1, 0) == 1);
    BOOST_TEST((wait_for(sockets.ends[0], io::want_read, deadline::never()) == wait_outcome::ready));
}

BOOST_AUTO_TEST_CASE(gives_up_at_the_deadline_and_not_before) {
    pair sockets;
    const auto start = deadline::clock::now();
    BOOST_TEST((wait_for(sockets.ends[0], io::want_read, deadline::in(60ms)) == wait_outcome::timed_out));
    BOOST_TEST(since(start).count() >= 60);
    BOOST_TEST(since(start).count() < 1000);
}

BOOST_AUTO_TEST_CASE(a_stream_that_never_ends_does_not_outrun_the_deadline) {
    pair sockets;
    for (int i = 0; i < 3; ++i) BOOST_TEST(::send(sockets.ends[1], "x", 1, 0) == 1);
    reader step{sockets.ends[0], 1000};
    BOOST_TEST((pgrepo::detail::drive(step, deadline::in(0ms)) == wait_outcome::timed_out));
    BOOST_TEST(step.left == 999);
}

BOOST_AUTO_TEST_CASE(a_signal_is_no_answer) {
    struct sigaction ignore_it{};
    ignore_it.sa_handler = [](int) {};
    struct sigaction before{};
    ::sigaction(SIGUSR1, &ignore_it, &before);
    pair sockets;
    const auto self = ::pthread_self();
    std::thread bell([&] {
        for (int i = 0; i < 3; ++i) {
            std::this_thread::sleep_for(20ms);
            ::pthread_kill(self, SIGUSR1);
        }
    });
    const auto start = deadline::clock::now();
    BOOST_TEST((wait_for(sockets.ends[0], io::want_read, deadline::in(120ms)) == wait_outcome::timed_out));
    BOOST_TEST(since(start).count() >= 120);
    bell.join();
    ::sigaction(SIGUSR1, &before, nullptr);
}

BOOST_AUTO_TEST_CASE(no_socket_is_a_failure) {
    BOOST_TEST((wait_for(-1, io::want_read, deadline::never()) == wait_outcome::failed));
    BOOST_TEST((wait_for(987654, io::want_read, deadline::never()) == wait_outcome::failed));
}

BOOST_AUTO_TEST_CASE(addresses_are_not_looked_up) {
    using list = std::vector<std::string>;
    BOOST_TEST((pgrepo::detail::resolve("10.1.2.3", {}).addresses == list{"10.1.2.3"}));
    BOOST_TEST((pgrepo::detail::resolve("localhost", {}).addresses == list{"127.0.0.1", "::1"}));
    BOOST_TEST(pgrepo::detail::resolve("/run", {}).addresses.empty());
}

BOOST_AUTO_TEST_CASE(a_slow_name_server_does_not_outlast_the_deadline) {
    BOOST_TEST(pgrepo::detail::resolve("quick.test", deadline::in(5s)).error == EAI_NONAME);
    const auto start = deadline::clock::now();
    BOOST_TEST(pgrepo::detail::resolve("slow.test", deadline::in(50ms)).timed_out);
    BOOST_TEST(since(start).count() < 500);
    std::this_thread::sleep_for(800ms); // let the thread end, for the sanitizers
}

BOOST_AUTO_TEST_SUITE_END()
