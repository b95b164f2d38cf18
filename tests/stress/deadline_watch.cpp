// Waits whose deadline is kept by another thread: it ends them, ends no other, and costs no wake-up.

#include <pgrepo/pq/wait.hpp>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using pgrepo::deadline;
using pgrepo::io;
using pgrepo::detail::deadline_watch;
using pgrepo::detail::wait_for;
using pgrepo::detail::wait_outcome;

namespace {

struct socket_pair {
    std::array<int, 2> ends{};
    socket_pair() {
        // made in several threads at once, where Boost's macros may not be used
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
            throw std::runtime_error("no socket pair to be had");
    }
    socket_pair(const socket_pair&) = delete;
    socket_pair& operator=(const socket_pair&) = delete;
    ~socket_pair() {
        for (int end : ends) ::close(end);
    }
    void say() const { BOOST_REQUIRE(::send(ends[1], "x", 1, MSG_NOSIGNAL) == 1); }
    [[nodiscard]] bool hear() const {
        char byte = 0;
        return ::recv(ends[0], &byte, 1, MSG_DONTWAIT) == 1;
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_silent_wait_ends_at_its_deadline) {
    deadline_watch watch(1);
    const socket_pair pair;
    const auto begin = deadline::clock::now();
    BOOST_TEST((wait_for(pair.ends[0], io::want_read, deadline::in(100ms), &watch.post(0)) == wait_outcome::timed_out));
    const auto took = deadline::clock::now() - begin;
    BOOST_TEST((took >= 100ms));
    BOOST_TEST((took < 20s)); // it ends at all: a poll without a timeout has no other end
    // the socket is of no more use, and says so
    char byte = 0;
    BOOST_TEST(::recv(pair.ends[0], &byte, 1, MSG_DONTWAIT) == 0);
}

BOOST_AUTO_TEST_CASE(an_answered_wait_keeps_its_socket) {
    deadline_watch watch(1);
    const socket_pair pair;
    pair.say();
    BOOST_TEST((wait_for(pair.ends[0], io::want_read, deadline::in(50ms), &watch.post(0)) == wait_outcome::ready));
    BOOST_TEST(pair.hear());
    // until well after that deadline; the second wait proves that the thread has looked since
    const socket_pair other;
    BOOST_TEST(
        (wait_for(other.ends[0], io::want_read, deadline::in(200ms), &watch.post(0)) == wait_outcome::timed_out));
    pair.say();
    BOOST_TEST(pair.hear());
}

BOOST_AUTO_TEST_CASE(a_passed_deadline_does_not_wait) {
    deadline_watch watch(1);
    const socket_pair pair;
    BOOST_TEST((wait_for(pair.ends[0], io::want_read, deadline::in(0ms), &watch.post(0)) == wait_outcome::timed_out));
    pair.say();
    BOOST_TEST(pair.hear()); // and does not touch the socket
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_wait_that_is_under_way_and_those_to_come) {
    deadline_watch watch(1);
    const socket_pair pair;
    std::thread stopper([&] {
        std::this_thread::sleep_for(50ms);
        watch.post(0).stop();
    });
    BOOST_TEST((wait_for(pair.ends[0], io::want_read, deadline::in(60s), &watch.post(0)) == wait_outcome::timed_out));
    stopper.join();
    // one that is told between its waits must not begin another
    const socket_pair other;
    BOOST_TEST((wait_for(other.ends[0], io::want_read, deadline::in(60s), &watch.post(0)) == wait_outcome::timed_out));
    watch.post(0).resume();
    const socket_pair third;
    third.say();
    BOOST_TEST((wait_for(third.ends[0], io::want_read, deadline::in(60s), &watch.post(0)) == wait_outcome::ready));
}

// Stops race against answers: a wait ends either way, and none is stopped that began after `resume`.
BOOST_AUTO_TEST_CASE(answers_race_stops) {
    deadline_watch watch(1);
    int answered = 0;
    int stopped = 0;
    std::mt19937 random(7);
    for (int i = 0; i < 500; ++i) {
        const socket_pair pair;
        std::thread stopper([&, pause = std::chrono::microseconds(random() % 200)] {
            std::this_thread::sleep_for(pause);
            watch.post(0).stop();
        });
        std::thread answers([&, pause = std::chrono::microseconds(random() % 200)] {
            std::this_thread::sleep_for(pause);
            (void)::send(pair.ends[1], "x", 1, MSG_NOSIGNAL);
        });
        const auto outcome = wait_for(pair.ends[0], io::want_read, deadline::in(60s), &watch.post(0));
        ++(outcome == wait_outcome::ready ? answered : stopped);
        stopper.join();
        answers.join();
        watch.post(0).resume();
        const socket_pair next;
        next.say();
        BOOST_REQUIRE(
            (wait_for(next.ends[0], io::want_read, deadline::in(60s), &watch.post(0)) == wait_outcome::ready));
    }
    BOOST_TEST(answered > 0);
    BOOST_TEST(stopped > 0);
}

BOOST_AUTO_TEST_CASE(an_earlier_deadline_overtakes_a_later_one) {
    deadline_watch watch(2);
    const socket_pair patient;
    const socket_pair hasty;
    wait_outcome patience{};
    std::thread waits([&] { patience = wait_for(patient.ends[0], io::want_read, deadline::in(60s), &watch.post(0)); });
    BOOST_TEST((wait_for(hasty.ends[0], io::want_read, deadline::in(50ms), &watch.post(1)) == wait_outcome::timed_out));
    patient.say();
    waits.join();
    BOOST_TEST((patience == wait_outcome::ready));
    BOOST_TEST(patient.hear()); // the other wait's end was not its own
}

// Answers race against deadlines: a wait ends either way, and one that was answered has a socket that still works.
BOOST_AUTO_TEST_CASE(answers_race_deadlines) {
    constexpr int threads = 4;
    constexpr int rounds = 400;
    deadline_watch watch(threads);
    std::atomic<int> answered{0};
    std::atomic<int> timed_out{0};
    std::atomic<int> broken{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
        workers.emplace_back([&, t] {
            std::mt19937 random(static_cast<unsigned>(t));
            for (int i = 0; i < rounds; ++i) {
                const socket_pair pair;
                const auto span = std::chrono::microseconds(200 + random() % 400);
                std::thread answers([&, pause = std::chrono::microseconds(random() % 800)] {
                    const auto until = deadline::clock::now() + pause;
                    while (deadline::clock::now() < until) std::this_thread::yield();
                    // a socket that was shut down refuses it
                    (void)::send(pair.ends[1], "x", 1, MSG_NOSIGNAL);
                });
                const auto outcome =
                    wait_for(pair.ends[0], io::want_read, deadline::in(span), &watch.post(static_cast<std::size_t>(t)));
                answers.join();
                if (outcome == wait_outcome::ready) {
                    ++answered;
                    if (!pair.hear() || ::send(pair.ends[0], "y", 1, MSG_NOSIGNAL) != 1) ++broken;
                } else {
                    ++timed_out;
                }
            }
        });
    for (auto& worker : workers) worker.join();
    BOOST_TEST(answered + timed_out == threads * rounds);
    BOOST_TEST(answered > 0);
    BOOST_TEST(timed_out > 0);
    BOOST_TEST(broken == 0);
}
