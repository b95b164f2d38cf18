// Names that are looked up slowly, and a wall clock that jumps: F16, F58. The C library's functions are replaced in this
// program, for libpq too: getaddrinfo waits at a gate, and the time of day is an hour off when a test says so.

#include "support/bench.hpp"

#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/pool.hpp>

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <mutex>
#include <string>
#include <sys/syscall.h>
#include <sys/time.h>

namespace {

/// What holds look-ups of names back.
struct gate {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool open = true;
    int answer = 0; // of getaddrinfo
    int asked = 0;
    int inside = 0;

    void shut() {
        const std::lock_guard lock(mutex);
        open = false;
    }
    void let_all_through() {
        std::unique_lock lock(mutex);
        open = true;
        changed.notify_all();
        changed.wait(lock, [this] { return inside == 0; });
    }
    void answer_with(int code) {
        const std::lock_guard lock(mutex);
        answer = code;
    }
    int count() {
        const std::lock_guard lock(mutex);
        return asked;
    }
    int waiting() {
        const std::lock_guard lock(mutex);
        return inside;
    }
};
gate& names() {
    static gate only;
    return only;
}

std::atomic<std::time_t> seconds_off{0};

/// The wall clock is off by so much as long as this lives.
class jump {
public:
    explicit jump(std::chrono::seconds by) {
        const auto before = std::time(nullptr);
        seconds_off = static_cast<std::time_t>(by.count());
        const auto moved = std::time(nullptr) - before;
        BOOST_TEST((moved >= by.count() && moved <= by.count() + 5)); // it did
        const auto chrono = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
        BOOST_TEST((chrono >= std::time(nullptr) - 1 && chrono <= std::time(nullptr) + 1)); // C++'s, too
    }
    ~jump() { seconds_off = 0; }
    jump(const jump&) = delete;
    jump& operator=(const jump&) = delete;
};

} // namespace

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** out) {
    using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto original = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    // One at a time: its own locks are not seen by the thread sanitizer, which looks away only in the function it knows.
    static std::mutex alone;
    const auto real = [&](const char* host) {
        const std::lock_guard lock(alone);
        return original(host, service, hints, out);
    };
    if (name == nullptr || std::strstr(name, ".example") == nullptr) return real(name);
    {
        gate& at = names();
        std::unique_lock lock(at.mutex);
        ++at.asked;
        ++at.inside;
        at.changed.wait(lock, [&] { return at.open; });
        const int answer = at.answer;
        --at.inside;
        at.changed.notify_all();
        if (answer != 0) return answer;
    }
    return real("127.0.0.1");
}

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
    const auto failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
    if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += seconds_off.load(std::memory_order_relaxed);
    return failed;
}
extern "C" std::time_t time(std::time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}
extern "C" int gettimeofday(timeval* __restrict out, void* __restrict) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    *out = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)

using namespace faults;

namespace {

struct slow_name {
    slow_name() {
        names().shut();
        std::ofstream(certificates) << "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    }
    ~slow_name() {
        std::remove(certificates.c_str());
        names().answer_with(0);
        names().let_all_through();
    }
    slow_name(const slow_name&) = delete;
    slow_name& operator=(const slow_name&) = delete;

    [[nodiscard]] pgrepo::connection_options options(std::chrono::milliseconds timeout) const {
        auto out = server().connection();
        out.host = "database.example";
        out.port = proxy.port();
        out.connect_timeout = timeout;
        out.tls_ca = certificates; // nobody comes so far as to be verified
        return out;
    }

    fault_proxy proxy{the_server()};
    const std::string certificates = "/tmp/pgrepo-F16-" + std::to_string(::getpid()) + ".pem";
};

} // namespace

// ---- F16: the host's name is looked up slowly

BOOST_AUTO_TEST_SUITE(F16)

BOOST_AUTO_TEST_CASE(the_deadline_does_not_wait_for_it) {
    slow_name on;
    const int before = names().count();
    for (int i = 0; i < 100; ++i) {
        const auto failure = ends_within(25ms, [&] { (void)pgrepo::connection::open(on.options(25ms)); });
        check_kind(failure, error_kind::connect_failed);
        check_says(failure, "while the host's name was looked up");
        check_says(failure, "database.example");
    }
    for (int i = 0; i < 10; ++i) {
        const auto failure =
            ends_within(25ms, [&] { (void)pgrepo::connection::open(on.options(20s), deadline::in(25ms)); });
        check_kind(failure, error_kind::deadline_exceeded);
        check_says(failure, "while the host's name was looked up");
    }
    wait_for("the look-ups", [&] { return names().count() == before + 110; });
    BOOST_TEST(names().waiting() == 110); // each still looks
    // What comes too late is dropped: nobody opens a session with it.
    names().let_all_through();
    BOOST_TEST(on.proxy.counts().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(slow_names_do_not_wait_for_each_other) {
    slow_name on;
    std::vector<timed_failure> failures(16);
    std::vector<std::thread> callers;
    for (timed_failure& failure : failures)
        callers.emplace_back([&] { failure.take([&] { (void)pgrepo::connection::open(on.options(300ms)); }); });
    for (auto& caller : callers) caller.join();
    for (const timed_failure& failure : failures) check_kind(failure.within(300ms), error_kind::connect_failed);
}

BOOST_AUTO_TEST_CASE(no_caller_of_a_pool_waits_for_it) {
    slow_name on;
    pgrepo::pool pool(on.options(600ms), {.max = 1, .acquire_timeout = 20s});
    // The pool goes on looking when a caller has given up: the next one may be in time for the answer.
    const int before = names().count();
    for (int i = 0; i < 3; ++i) {
        check_kind(ends_within(100ms, [&] { (void)pool.acquire(deadline::in(100ms)); }), error_kind::deadline_exceeded);
        BOOST_TEST(pool.counts().opening == 1U);
        BOOST_TEST(pool.counts().waiting == 0U);
    }
    BOOST_TEST(names().count() == before + 1);
    // One that is there when it is known to have failed is told why, and the place is free.
    const auto failure = ends_within(600ms, [&] { (void)pool.acquire(); });
    check_kind(failure, error_kind::connect_failed);
    check_says(failure, "while the host's name was looked up");
    BOOST_TEST(pool.counts().total == 0U);
}

BOOST_AUTO_TEST_CASE(nor_does_the_end_of_the_pool) {
    slow_name on;
    std::optional<pgrepo::pool> pool(std::in_place, on.options(20s), pgrepo::pool_options{.max = 1});
    check_kind(ends_within(50ms, [&] { (void)pool->acquire(deadline::in(50ms)); }), error_kind::deadline_exceeded);
    const auto start = stopwatch::now();
    pool.reset();
    BOOST_TEST((stopwatch::now() - start < 5s)); // and not the 20 s that opening may take
}

BOOST_AUTO_TEST_CASE(an_answer_in_time_is_used_and_a_failure_is_typed) {
    slow_name on;
    on.proxy.refuse_tls(true); // a name is a network host: it is not spoken to in plain text
    std::optional<pgrepo::error> failure;
    std::thread caller([&] { failure = failure_of([&] { (void)pgrepo::connection::open(on.options(20s)); }); });
    wait_for("the look-up", [] { return names().waiting() == 1; });
    BOOST_TEST(on.proxy.counts().sessions == 0U);
    names().let_all_through();
    caller.join();
    check_kind(failure.value(), error_kind::connect_failed);
    BOOST_TEST(on.proxy.counts().sessions == 1U); // it went where the name said
    for (const int code : {EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_MEMORY}) {
        names().answer_with(code);
        const auto refused = failure_of([&] { (void)pgrepo::connection::open(on.options(20s)); });
        check_kind(refused, error_kind::connect_failed);
        check_says(refused, code == EAI_NONAME ? "no such host" : "could not be looked up");
    }
    BOOST_TEST(on.proxy.counts().sessions == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F58: the wall clock jumps

BOOST_AUTO_TEST_SUITE(F58)

BOOST_AUTO_TEST_CASE(deadlines_do_not_move_with_it) {
    proxied on;
    for (const auto by : {3600s, -3600s}) {
        const jump hour(by);
        // A wait that begins before the jump and ends after it.
        for (const bool during : {false, true}) {
            if (during) seconds_off = 0;
            auto view = on.service.with({.deadline = deadline::in(200ms)});
            std::thread mover([&] {
                if (during) {
                    std::this_thread::sleep_for(50ms); // into the wait
                    seconds_off = static_cast<std::time_t>(by.count());
                }
            });
            on.proxy.on_text("pg_sleep", fate::hide_answer);
            const auto start = stopwatch::now();
            const auto failure = ends_within(200ms, [&] { view.execute(sql<"SELECT pg_sleep(0)">); });
            BOOST_TEST(
                (stopwatch::now() - start >= 150ms)); // not early either; a tick of the kernel's clock is allowed
            mover.join();
            check_kind(failure, error_kind::deadline_exceeded);
            BOOST_TEST(one(on.service) == 1);
        }
        const int before = backend(on.service);
        on.db.kill();
        std::this_thread::sleep_for(25ms);
        BOOST_TEST(backend(on.service) != before); // opening one does not mind either
    }
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(nobody_is_evicted) {
    proxied on(3);
    const int pid = backend(on.service);
    for (const auto by : {3600s, -3600s, 86400s * 365, -86400s * 365}) {
        const jump far(by);
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(12ms);
            BOOST_TEST(backend(on.service) == pid);
        }
    }
    BOOST_TEST(on.proxy.counts().sessions == 1U);
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_CASE(waiting_for_a_session_does_not_move_with_it) {
    proxied on;
    for (const auto by : {3600s, -3600s}) {
        std::optional<pgrepo::error> failure;
        std::thread mover;
        on.service.with_transaction([&](transaction& tx) {
            one(tx); // holds the only session
            mover = std::thread([by] {
                std::this_thread::sleep_for(50ms);
                seconds_off = static_cast<std::time_t>(by.count());
            });
            // On a thread of its own: one that holds the session itself is not let wait for it.
            const auto start = stopwatch::now();
            timed_failure waits;
            std::thread([&] {
                waits.take([&] {
                    auto view = on.service.with({.deadline = deadline::in(200ms)});
                    one(view);
                });
            }).join();
            failure = waits.within(200ms);
            BOOST_TEST((stopwatch::now() - start >= 150ms));
        });
        mover.join();
        seconds_off = 0;
        check_kind(failure.value(), error_kind::deadline_exceeded);
    }
    on.check_recovers();
    on.check_ends();
}

BOOST_AUTO_TEST_SUITE_END()
