// Who of a pool's waiters is woken: for each session that is free one, and none in vain.

#include <pgrepo/pq/pool_waiter.hpp>

#include <boost/test/unit_test.hpp>

using pgrepo::detail::pool_queue;
using pgrepo::detail::pool_waiter;

namespace {

struct counting_waiter : pool_waiter {
    counting_waiter() noexcept
        : pool_waiter([](pool_waiter& self) noexcept { ++static_cast<counting_waiter&>(self).woken; }) {}
    int woken = 0;
};

struct queue_fixture {
    pool_queue queue{};
    counting_waiter first{};
    counting_waiter second{};
    queue_fixture() {
        queue.push(first);
        queue.push(second);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(pq_pool_queue)

BOOST_FIXTURE_TEST_CASE(one_free_session_wakes_one, queue_fixture) {
    queue.tell_one(1);
    queue.tell_one(1); // taken by a newcomer and given back before the first has tried
    BOOST_TEST(first.woken == 1);
    BOOST_TEST(second.woken == 0);
}

BOOST_FIXTURE_TEST_CASE(two_wake_two, queue_fixture) {
    queue.tell_one(1);
    queue.tell_one(2);
    BOOST_TEST(first.woken == 1);
    BOOST_TEST(second.woken == 1);
    queue.tell_one(3); // nobody is left to be told
    BOOST_TEST(first.woken + second.woken == 2);
}

BOOST_FIXTURE_TEST_CASE(who_tried_in_vain_is_told_again, queue_fixture) {
    queue.tell_one(1);
    queue.tries(first);
    queue.tell_one(1);
    BOOST_TEST(first.woken == 2);
    BOOST_TEST(second.woken == 0);
}

BOOST_FIXTURE_TEST_CASE(who_was_told_and_got_another_leaves_what_it_was_told_of_to_the_next, queue_fixture) {
    queue.tell_one(1);
    queue.remove(first);
    queue.tries(first);
    queue.tell_one(1);
    BOOST_TEST(second.woken == 1);
}

BOOST_FIXTURE_TEST_CASE(nothing_free_wakes_nobody, queue_fixture) {
    queue.tell_one(0);
    BOOST_TEST(first.woken == 0);
}

BOOST_AUTO_TEST_SUITE_END()
