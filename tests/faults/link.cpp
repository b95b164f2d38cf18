// F12 with a real link that goes down: the test has a network namespace of its own, in which loopback can be taken down. The
// server is reached by its unix socket, which no namespace hides.

#include "support/bench.hpp"

#include <unistd.h>

#include <cstring>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

using namespace faults;

namespace {

void loopback(bool up) {
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    BOOST_REQUIRE(::ioctl(any, SIOCGIFFLAGS, &request) == 0);
    request.ifr_flags = static_cast<short>(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
    BOOST_REQUIRE(::ioctl(any, SIOCSIFFLAGS, &request) == 0);
    ::close(any);
}

struct own_network {
    own_network() { loopback(true); } // it begins without
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(F12_link_down, own_network)

BOOST_AUTO_TEST_CASE(calls_end_at_their_deadline_and_nothing_is_written_twice) {
    proxied on;
    on.look.run("CREATE TABLE marks (number integer)");
    for (std::int32_t i = 0; i < 5; ++i) {
        one(on.service);
        const auto before = on.proxy.counts().to_server.read;
        loopback(false);
        auto view = on.service.with({.deadline = deadline::in(150ms)});
        check_kind(ends_within(150ms, [&] { view.insert(sql<"INSERT INTO marks VALUES ($1)">, i); }),
                   error_kind::deadline_exceeded);
        BOOST_TEST(on.proxy.counts().to_server.read == before); // not a byte arrived
        // A new session cannot be opened either: told so at once, or by the deadline.
        const auto failure = ends_within(150ms, [&] {
            auto again = on.service.with({.deadline = deadline::in(150ms)});
            one(again);
        });
        BOOST_TEST((failure.kind() == error_kind::deadline_exceeded || failure.kind() == error_kind::connect_failed),
                   failure.what());
        loopback(true);
        // The attempt that is under way, or the next, gives a session.
        wait_for("a session", [&] { return pgrepo::try_([&] { return one(on.service); }).has_value(); });
    }
    // What the kernel still held back for a closed connection may have come later: once, then.
    BOOST_TEST(on.look.run("SELECT count(*) = count(DISTINCT number) FROM marks") == "t");
}

BOOST_AUTO_TEST_CASE(a_commit_into_a_dead_link_is_unknown) {
    proxied on(1, 200ms);
    const auto failure = failure_of([&] {
        on.service.with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            loopback(false);
        });
    });
    check_kind(failure, error_kind::commit_unknown);
    BOOST_TEST(on.notes() == "1,2");
    loopback(true);
    BOOST_TEST(one(on.service) == 1);
}

BOOST_AUTO_TEST_CASE(a_short_outage_is_not_noticed) {
    proxied on;
    const int before = backend(on.service);
    loopback(false);
    std::thread mender([] {
        std::this_thread::sleep_for(100ms);
        loopback(true);
    });
    add_note(on.service, 3); // the kernel sends it again
    mender.join();
    BOOST_TEST(on.notes() == "1,2,3");
    BOOST_TEST(backend(on.service) == before);
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()
