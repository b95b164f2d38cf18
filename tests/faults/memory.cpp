// No memory, at each allocation in turn, while sessions are opened, borrowed, used and given back: F47. libpq has an allocator
// of its own; what fails here is ours and the standard library's.

#include "support/pool_bench.hpp"

#include <pgrepo/base/stack_tracer.hpp>

#include <cstdlib>
#include <new>

using namespace faults;

namespace {

// How many allocations still succeed; negative: all. Then one fails, or all do.
constexpr std::int64_t no_shortage = -1;
std::atomic<std::int64_t> left{no_shortage};
std::atomic<bool> all_fail{false};
std::atomic<std::size_t> failed{0};

bool fails() noexcept {
    // Changed only from what was seen: a thread that comes late must not bring back a shortage that has ended.
    std::int64_t seen = left.load();
    while (seen >= 0) {
        if (seen == 0 && all_fail) break;
        if (left.compare_exchange_weak(seen, seen - 1)) break; // of 0: that one fails, and no other
    }
    if (seen != 0) return false;
    ++failed;
    return true;
}

/// While it lives, the allocation after `after` others fails, on whatever thread.
class shortage {
public:
    shortage(std::int64_t after, bool from_then_on) {
        failed = 0;
        all_fail = from_then_on;
        left = after;
    }
    shortage(const shortage&) = delete;
    shortage& operator=(const shortage&) = delete;
    ~shortage() { end(); }
    static void end() noexcept {
        left = no_shortage; // first: with none left, all_fail says whether the next one fails
        all_fail = false;
    }
};

} // namespace

void* operator new(std::size_t size) {
    if (!fails())
        if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
// All of them, since a sanitizer has its own of those that are left out.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& quietly) noexcept {
    return operator new(size, quietly);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace {

struct stack final : pgrepo::stack_tracer {
    std::size_t capture(const void** frames, std::size_t most) const noexcept override {
        if (most == 0) return 0;
        frames[0] = this;
        return 1;
    }
    std::string describe(const void* const*, std::size_t) const override { return std::string(100, 's'); }
};

/// Allocates nothing: what an observer may not throw it may not do here.
struct quiet_observer final : pgrepo::observer {
    void on_warning(const pgrepo::warning_event&) noexcept override { ++heard; }
    std::atomic<int> heard{0};
};

struct bench {
    explicit bench(pool_options limits, pgrepo::observer* watcher = nullptr)
        : lender(db.config().connection(), limits, watcher) {}

    database db{notes_schema};
    pool lender;

    /// Nothing was lost. A failed opening is not tried again at once.
    void check_whole() {
        wait_for("rest", [&] { return lender.counts().opening == 0; });
        const pool_counts now = lender.counts();
        bool good = adds_up(now) && now.borrowed == 0 && now.waiting == 0;
        std::vector<loan> all;
        wait_for("sessions", [&] {
            if (auto got = pgrepo::try_([&] { return lender.acquire(deadline::in(10s)); }))
                all.push_back(std::move(*got));
            else
                std::this_thread::sleep_for(10ms);
            return all.size() == now.max;
        });
        for (const loan& each : all) good = good && ask(each, "SELECT 'here'") == "here";
        all.clear();
        good = good && lender.counts().idle == now.max;
        if (!good) BOOST_ERROR("a session was lost");
    }
};

/// What `call` does with each of its allocations failing in turn, alone and with all that follow; `after` then looks. Either
/// it succeeds, or it throws an error or bad_alloc.
template <class Call, class After> void in_turn(const char* what, Call&& call, After&& after) {
    for (const bool from_then_on : {false, true}) {
        std::int64_t n = 0;
        for (; n < 2000; ++n) {
            std::size_t met = 0;
            {
                const shortage none(n, from_then_on);
                try {
                    call();
                } catch (const pgrepo::error&) {
                } catch (const std::bad_alloc&) {}
                shortage::end();
                met = failed;
            }
            after();
            if (met == 0) break;
        }
        BOOST_TEST_MESSAGE(what << ": " << n << " allocations");
        BOOST_TEST(n < 2000);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(F47)

BOOST_AUTO_TEST_CASE(a_pool_is_made) {
    const auto options = server().connection();
    in_turn("made", [&] { const pool lender(options, {.max = 100}); }, [] {});
    bench on({.max = 2});
    std::uint32_t max = 2;
    in_turn("resized", [&] { on.lender.resize(++max); }, [&] {});
    on.lender.resize(2);
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(a_session_is_opened) {
    database db;
    const auto options = db.config().connection();
    int round = 0;
    std::optional<pool> lender;
    lender.emplace(options, pool_options{.max = 2});
    in_turn(
        "opened", [&] { const loan mine = lender->acquire(deadline::in(300ms)); },
        [&] {
            wait_for("rest", [&] { return lender->counts().opening == 0; });
            const pool_counts now = lender->counts();
            if (!adds_up(now) || now.borrowed != 0 || now.waiting != 0) BOOST_ERROR("a session was lost");
            if (++round % 16 == 0) { // it recovers; after most of a second, so not each time
                wait_for("a session", [&] {
                    return pgrepo::try_([&] { return ask(lender->acquire(deadline::in(10s)), "SELECT 'x'"); })
                        .has_value();
                });
            }
            lender.emplace(options, pool_options{.max = 2});
        });
    BOOST_TEST(round > 32);
    lender.reset();
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_CASE(it_is_borrowed_used_and_given_back) {
    const stack tracer;
    quiet_observer watcher;
    for (pgrepo::observer* heard :
         {static_cast<pgrepo::observer*>(nullptr), static_cast<pgrepo::observer*>(&watcher)}) {
        bench on({.max = 1, .tracer = &tracer}, heard);
        on.check_whole();
        in_turn("borrowed", [&] { const loan mine = on.lender.acquire(deadline::in(5s)); }, [&] { on.check_whole(); });
        in_turn("used", [&] { ask(on.lender.acquire(deadline::in(5s)), "SELECT 'x'"); }, [&] { on.check_whole(); });
        in_turn(
            "refused", [&] { ask(on.lender.acquire(deadline::in(5s)), "SELECT nothing"); }, [&] { on.check_whole(); });
    }
}

BOOST_AUTO_TEST_CASE(it_comes_back_as_it_should_not) {
    quiet_observer watcher;
    bench on({.max = 1, .leak_threshold = 20ms}, &watcher);
    on.check_whole();
    const auto after_it = [&](const char* what, const char* text) {
        std::optional<loan> mine;
        const auto borrow = [&] {
            on.check_whole();
            mine.emplace(on.lender.acquire(deadline::in(5s)));
            ask(*mine, text);
        };
        borrow();
        in_turn(what, [&] { mine->give_back(); }, borrow);
        mine.reset();
        on.check_whole();
    };
    after_it("busy", "BEGIN");
    after_it("touched", "SET search_path = nowhere");
    after_it("beyond repair", "PREPARE mine AS SELECT 1");
    std::optional<loan> mine;
    const auto leak = [&] {
        on.check_whole();
        const std::size_t before = on.lender.statistics().leaks;
        mine.emplace(on.lender.acquire(deadline::in(5s)));
        wait_for("the leak", [&] { return on.lender.statistics().leaks > before; });
    };
    leak();
    in_turn("leaked", [&] { mine->give_back(); }, leak);
    mine.reset();
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(a_leak_is_reported) {
    const stack tracer;
    quiet_observer watcher;
    bench on({.max = 1, .leak_threshold = 10ms, .tracer = &tracer}, &watcher);
    on.check_whole();
    in_turn(
        "reported",
        [&] {
            const std::size_t before = on.lender.statistics().leaks;
            const loan mine = on.lender.acquire(deadline::in(5s));
            const auto limit = stopwatch::now() + 5s;
            while (on.lender.statistics().leaks == before && stopwatch::now() < limit) std::this_thread::sleep_for(1ms);
            std::this_thread::sleep_for(5ms); // the text
        },
        [&] { on.check_whole(); });
}

BOOST_AUTO_TEST_CASE(none_is_to_be_had) {
    const stack tracer;
    bench on({.max = 1, .acquire_timeout = 2ms, .tracer = &tracer});
    on.check_whole();
    std::optional<loan> mine;
    std::thread([&] { mine.emplace(on.lender.acquire(deadline::in(5s))); }).join();
    in_turn("waited", [&] { (void)on.lender.acquire(); }, [] {});
    in_turn("listed", [&] { (void)on.lender.holders(); }, [] {});
    mine.reset();
    on.check_whole();
    const loan own = on.lender.acquire(deadline::in(5s));
    in_turn("nested", [&] { (void)on.lender.acquire(); }, [] {});
    BOOST_TEST(ask(own, "SELECT 'still'") == "still");
}

BOOST_AUTO_TEST_CASE(the_server_is_away) {
    database db;
    fault_proxy proxy{the_server()};
    pool lender(through(proxy, db.config()).connection(), {.max = 2});
    proxy.refuse_sessions(true);
    BOOST_TEST(failure_of([&] { (void)lender.acquire(); }).what() != nullptr);
    in_turn("told", [&] { (void)lender.acquire(deadline::in(1s)); }, [] {});
    proxy.refuse_sessions(false);
    wait_for("a session", [&] { return pgrepo::try_([&] { (void)lender.acquire(deadline::in(5s)); }).has_value(); });
    wait_for("rest", [&] { return lender.counts().opening == 0 && lender.counts().idle == lender.counts().total; });
    BOOST_TEST(adds_up(lender.counts()));
}

BOOST_AUTO_TEST_SUITE_END()
