// F43. Thousands who wait for a few sessions; and who may not be passed over.

#include "support/pool_bench.hpp"

#include <pthread.h>
#include <sched.h>

#include <ctime>

using namespace faults;

namespace {

std::chrono::nanoseconds cpu_time() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// What the waiting threads share.
struct crowd {
    pool& lender;
    std::atomic<unsigned> served{0}, inside{0}, crowded{0}, failed{0};

    static void* wait_once(void* given) {
        auto& mine = *static_cast<crowd*>(given);
        try {
            const loan got = mine.lender.acquire();
            if (++mine.inside > 4) ++mine.crowded;
            std::this_thread::sleep_for(100us);
            --mine.inside;
            ++mine.served;
        } catch (const pgrepo::error&) {
            ++mine.failed;
        }
        return nullptr;
    }
};

/// As many threads as are to be had up to `count`, with small stacks.
std::vector<pthread_t> start(unsigned count, crowd& all) {
    pthread_attr_t small;
    ::pthread_attr_init(&small);
    ::pthread_attr_setstacksize(&small, test::sanitized ? 512 * 1024 : 128 * 1024);
    std::vector<pthread_t> threads;
    pthread_t thread{};
    while (threads.size() < count && ::pthread_create(&thread, &small, &crowd::wait_once, &all) == 0)
        threads.push_back(thread);
    ::pthread_attr_destroy(&small);
    return threads;
}

/// The thread that calls it runs on one processor alone, and there only while nobody else wants to.
bool starve_this_thread(int processor) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    const sched_param none{};
    return ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one) == 0 &&
           ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none) == 0;
}
void keep_busy(int processor, const std::atomic<bool>& done) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);
    while (!done) {}
}
/// The first two processors that this process may run on; -1: there is none.
std::array<int, 2> two_processors() {
    cpu_set_t all;
    CPU_ZERO(&all);
    ::sched_getaffinity(0, sizeof all, &all);
    std::array<int, 2> found{-1, -1};
    for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (!CPU_ISSET(i, &all)) continue;
        (found[0] < 0 ? found[0] : found[1]) = i;
        if (found[1] >= 0) break;
    }
    return found;
}
boost::test_tools::assertion_result there_are_two_processors(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(two_processors()[1] >= 0);
    if (!answer) answer.message() << "there is one processor alone";
    return answer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(F43)

BOOST_AUTO_TEST_CASE(thousands_wait_for_four_sessions_and_none_is_forgotten) {
    const bool all = !environment("PGREPO_NIGHTLY").empty() && !test::sanitized;
    const unsigned count = all ? 10000 : 2000;
    BOOST_TEST_MESSAGE(count << " waiters"
                             << (all ? "" : " (10,000 where PGREPO_NIGHTLY is set, without a sanitizer)"));
    pool lender(server().connection(),
                {.max = 4, .acquire_timeout = 300s, .max_waiting = count, .connect_concurrency = 4});
    crowd waiters{.lender = lender};
    std::vector<loan> held;
    for (int i = 0; i < 4; ++i) std::thread([&] { held.push_back(lender.acquire()); }).join();

    const std::vector<pthread_t> threads = start(count, waiters);
    BOOST_TEST(threads.size() == count, "only " << threads.size() << " threads are to be had");
    wait_for("all of them", [&] { return lender.counts().waiting == threads.size(); }); // the fault
    if (threads.size() == count)
        check_kind(failure_of([&] { (void)lender.acquire(deadline::in(50ms)); }), error_kind::pool_exhausted);

    const auto before = cpu_time();
    std::this_thread::sleep_for(1s);
    const auto spent = cpu_time() - before;
    BOOST_TEST_MESSAGE("CPU while all wait for a second: " << spent.count() / 1000 << " us");
    BOOST_TEST((spent < 100ms));

    const auto from = stopwatch::now();
    held.clear();
    for (const pthread_t each : threads) ::pthread_join(each, nullptr);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(stopwatch::now() - from);
    BOOST_TEST_MESSAGE("all served in " << took.count() << " ms");
    BOOST_TEST(waiters.served == threads.size());
    BOOST_TEST(waiters.failed == 0U);
    BOOST_TEST(waiters.crowded == 0U);
    BOOST_TEST(lender.counts().waiting == 0U);
    BOOST_TEST(lender.counts().borrowed == 0U);
    BOOST_TEST((took < 60s)); // nobody waited until somebody else happened to come by
}

// A session that comes back is left to the waiter who is told, and a newcomer may be quicker: but not once that waiter has
// waited for 50 ms. Here it is told in time and then gets no processor.
BOOST_AUTO_TEST_CASE(a_newcomer_does_not_pass_over_one_who_has_waited_for_long,
                     *boost::unit_test::precondition(there_are_two_processors)) {
    const auto [slow, other] = two_processors();
    pool lender(server().connection(), {.max = 1});
    std::atomic<bool> done{false};
    std::thread busy([&, on = slow] { keep_busy(on, done); });
    int tried = 0;
    for (int i = 0; i < 20; ++i) {
        loan held = lender.acquire(deadline::in(20s));
        std::atomic<bool> starved{false}, served{false};
        std::thread waiter([&, on = slow] {
            starved = starve_this_thread(on);
            const loan got = lender.acquire(deadline::in(60s));
            served = true;
        });
        wait_for("the waiter", [&] { return lender.counts().waiting == 1; });
        const auto since = stopwatch::now();
        held.give_back();
        const bool in_time = stopwatch::now() - since < 40ms; // else the session was handed to it
        std::this_thread::sleep_for(70ms);
        bool overtaken = false;
        if (in_time && !served) { // the fault: told, and late
            ++tried;
            const loan newcomer = lender.acquire(deadline::in(60s));
            overtaken = !served;
        }
        waiter.join();
        BOOST_TEST(starved);
        BOOST_TEST(!overtaken, "in round " << i);
    }
    done = true;
    busy.join();
    BOOST_TEST_MESSAGE(tried << " of 20 waiters were late");
}

BOOST_AUTO_TEST_SUITE_END()
