// How a cancel is sent with libpq 17 and later, on any libpq: the functions that only those have are played here.

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

#if !defined(LIBPQ_HAS_ASYNC_CANCEL)
#define LIBPQ_HAS_ASYNC_CANCEL 1
using PGcancelConn = struct pg_cancel_conn;
#endif

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <sys/socket.h>
#include <thread>

namespace {

/// What libpq was asked to do.
struct script {
    int sockets[2]{};
    std::atomic<int> started{0}, polls{0}, finished{0};
    std::atomic<bool> silent{false}; // nothing comes
    bool memory = true, starts = true;
};
script* now = nullptr;

} // namespace

extern "C" {
PGcancelConn* PQcancelCreate(PGconn*) {
    return now->memory ? reinterpret_cast<PGcancelConn*>(now) : nullptr;
}
int PQcancelStart(PGcancelConn*) {
    ++now->started;
    return now->starts ? 1 : 0;
}
PostgresPollingStatusType PQcancelPoll(PGcancelConn*) {
    if (now->silent) return PGRES_POLLING_READING;
    const int count = ++now->polls;
    if (count >= 3) return PGRES_POLLING_OK;
    return count == 1 ? PGRES_POLLING_WRITING : PGRES_POLLING_READING;
}
int PQcancelSocket(const PGcancelConn*) {
    return now->sockets[0];
}
void PQcancelFinish(PGcancelConn*) {
    ++now->finished;
}
}

#include <pgrepo/pq/cancel_request.hpp>

namespace {

using namespace std::chrono_literals;
using pgrepo::detail::cancel_outcome;
using pgrepo::detail::request_cancel;

struct played {
    played() {
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, libpq.sockets) == 0);
        now = &libpq;
    }
    ~played() {
        ::close(libpq.sockets[0]);
        ::close(libpq.sockets[1]);
    }
    void wait_for_end(int count = 1) {
        for (int i = 0; libpq.finished < count && i < 6000; ++i) std::this_thread::sleep_for(5ms);
        BOOST_TEST(libpq.finished == count);
        // The count of those under way falls after it.
        for (int i = 0; pgrepo::detail::cancels_under_way() > 0 && i < 6000; ++i) std::this_thread::sleep_for(5ms);
    }
    script libpq;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pq_cancel_encrypted, played)

BOOST_AUTO_TEST_CASE(it_is_sent_on_a_link_of_its_own_until_that_is_done) {
    BOOST_REQUIRE(::write(libpq.sockets[1], "x", 1) == 1); // what is waited for is there
    BOOST_TEST((request_cancel(nullptr, false) == cancel_outcome::sent));
    wait_for_end();
    BOOST_TEST(libpq.started == 1);
    BOOST_TEST(libpq.polls == 3);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_begun_is_ended) {
    libpq.starts = false;
    BOOST_TEST((request_cancel(nullptr, false) == cancel_outcome::sent));
    wait_for_end();
    BOOST_TEST(libpq.polls == 0);
}

BOOST_AUTO_TEST_CASE(without_memory_nothing_is_sent) {
    libpq.memory = false;
    BOOST_TEST((request_cancel(nullptr, false) == cancel_outcome::impossible));
    BOOST_TEST(libpq.started == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_holds_sixteen_threads_at_most) {
    libpq.silent = true;
    for (int i = 0; i < 16; ++i) BOOST_TEST((request_cancel(nullptr, false) == cancel_outcome::sent));
    BOOST_TEST((request_cancel(nullptr, false) == cancel_outcome::impossible));
    libpq.silent = false;
    ::shutdown(libpq.sockets[1], SHUT_RDWR);
    wait_for_end(17);
}

BOOST_AUTO_TEST_SUITE_END()
