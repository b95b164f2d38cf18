// The pool and those who borrow from it: F37, F38, F39, F41, F42, F44, F45, F46, F55.

#include "support/pool_bench.hpp"

#include <pgrepo/base/stack_tracer.hpp>

#include <spawn.h>

#include <barrier>
#include <random>
#include <stop_token>
#include <sys/wait.h>

extern char** environ;

using namespace faults;

namespace {

/// What a wait that ends "at once" may take here.
inline constexpr auto at_once = 2s;

/// A program, killed after half a minute; its exit code, -1 for another end.
int run_program(const char* path, const char* argument) {
    std::array<char*, 3> words{const_cast<char*>(path), const_cast<char*>(argument), nullptr};
    pid_t pid = 0;
    if (::posix_spawn(&pid, path, nullptr, nullptr, words.data(), environ) != 0) return -1;
    int status = 0;
    const auto limit = stopwatch::now() + 30s;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        if (stopwatch::now() > limit) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, &status, 0);
            return -1;
        }
        std::this_thread::sleep_for(5ms);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

// ---- F37: closed while sessions are borrowed

BOOST_AUTO_TEST_SUITE(F37)

BOOST_AUTO_TEST_CASE(borrowers_finish_and_nobody_else_gets_anything) {
    pooled on({.max = 5});
    std::vector<loan> out;
    for (int i = 0; i < 5; ++i) out.push_back(on.lender.acquire(deadline::in(60s)));
    timed_failure waiter;
    std::thread waits([&] { waiter.take([&] { (void)on.lender.acquire(deadline::in(60s)); }); });
    wait_for("a waiter", [&] { return on.lender.counts().waiting == 1; });
    BOOST_TEST(on.lender.counts().borrowed == 5U); // the fault: closed under five borrowers
    const auto start = stopwatch::now();
    on.lender.close();
    waits.join();
    BOOST_TEST((stopwatch::now() - start < at_once));
    check_kind(waiter.get(), error_kind::closed);
    check_kind(failure_of([&] { (void)on.lender.acquire(deadline::in(60s)); }), error_kind::closed);
    for (int i = 5; i > 0; --i) {
        BOOST_TEST(ask(out.back(), "SELECT 'still'") == "still");
        BOOST_TEST(on.lender.counts().total == static_cast<std::uint32_t>(i));
        out.pop_back();
        on.db.wait_for_sessions(i - 1);
    }
    BOOST_TEST(on.lender.counts().total == 0U);
    BOOST_TEST(on.lender.statistics().closings.closed == 5U);
}

BOOST_AUTO_TEST_CASE(with_a_deadline_it_drains_then_cancels_and_tells) {
    struct final_word : pgrepo::observer {
        void on_pool(const pgrepo::pool_event& event) noexcept override {
            if (!event.established) said.count_down();
        }
        std::latch said{1};
    } closed;
    pooled on({.max = 5}, &closed);
    std::vector<std::thread> threads;
    std::latch gone(2);
    std::array<timed_failure, 2> cancelled;
    for (int i = 0; i < 2; ++i) { // in calls that would last for a minute
        threads.emplace_back([&, i] {
            const loan mine = on.lender.acquire(deadline::in(60s));
            cancelled[static_cast<std::size_t>(i)].take([&] { ask(mine, "SELECT 'x' FROM pg_sleep(60)"); });
        });
        threads.emplace_back([&] { // come back in time
            const loan mine = on.lender.acquire(deadline::in(60s));
            gone.count_down();
            closed.said.wait();
            ask(mine, "SELECT 'x'");
        });
    }
    loan kept = on.lender.acquire(deadline::in(60s)); // between two calls
    gone.wait();
    on.db.wait_for_waiters(2, "Timeout"); // they sleep
    std::thread closer;
    {
        const auto start = stopwatch::now();
        const auto report = on.lender.close(deadline::in(1s));
        BOOST_TEST((stopwatch::now() - start < 2s + at_once));
        BOOST_TEST(report.drained == 2U);
        BOOST_TEST(report.cancelled == 2U);
        BOOST_TEST(report.left == 1U);
    }
    for (auto& each : threads) each.join();
    for (const auto& each : cancelled) check_kind(each.get(), error_kind::closed);
    on.db.wait_for_sessions(1); // the server has stopped what it did, too
    check_kind(failure_of([&] { ask(kept, "SELECT 'x'"); }), error_kind::closed);
    kept.give_back();
    on.db.wait_for_sessions(0);
    BOOST_TEST(on.lender.counts().total == 0U);
}

BOOST_AUTO_TEST_CASE(while_sessions_are_being_opened) {
    pooled on({.max = 4, .connect_concurrency = 4});
    on.proxy.swallow(way::to_client); // no session is opened
    std::array<timed_failure, 4> failures;
    std::vector<std::thread> threads;
    for (auto& each : failures)
        threads.emplace_back([&] { each.take([&] { (void)on.lender.acquire(deadline::in(60s)); }); });
    wait_for("an opening", [&] { return on.lender.counts().opening >= 1 && on.proxy.counts().to_server.read > 0; });
    const auto start = stopwatch::now();
    const auto report = on.lender.close(deadline::in(20s));
    for (auto& each : threads) each.join();
    BOOST_TEST((stopwatch::now() - start < at_once)); // not connect_timeout, which is 30 s here
    BOOST_TEST(report.drained + report.cancelled + report.left == 0U);
    for (const auto& each : failures) check_kind(each.get(), error_kind::closed);
    BOOST_TEST(on.lender.counts().total == 0U);
}

BOOST_AUTO_TEST_CASE(by_many_at_once_under_load) {
    for (int round = 0; round < 20; ++round) {
        database db;
        std::atomic<int> unexpected{0};
        {
            pool lender(db.config().connection(), {.max = 3});
            std::vector<std::thread> threads;
            for (int t = 0; t < 6; ++t)
                threads.emplace_back([&] {
                    for (;;) try {
                            const loan mine = lender.acquire(deadline::in(20s));
                            if (ask(mine, "SELECT 'x'") != "x") ++unexpected;
                        } catch (const pgrepo::error& failure) {
                            if (failure.kind() == error_kind::closed) return;
                            ++unexpected;
                        }
                });
            wait_for("load", [&] { return lender.statistics().acquired > 20U; });
            for (int t = 0; t < 2; ++t)
                threads.emplace_back([&] {
                    const auto report = lender.close(deadline::in(10s));
                    if (report.left != 0) ++unexpected;
                });
            lender.close();
            for (auto& each : threads) each.join();
            BOOST_TEST(lender.counts().total == 0U);
        }
        BOOST_TEST(unexpected == 0);
        db.wait_for_sessions(0);
    }
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F38: destroyed before what it lent

BOOST_AUTO_TEST_SUITE(F38)

BOOST_AUTO_TEST_CASE(a_loan_works_without_its_pool_and_then_ends_its_session) {
    database db(notes_schema);
    std::optional<pool> lender(std::in_place, db.config().connection(), pool_options{.max = 3});
    std::vector<loan> out;
    for (int i = 0; i < 3; ++i) out.push_back(lender->acquire(deadline::in(60s)));
    lender.reset(); // the fault
    for (const loan& each : out) BOOST_TEST(ask(each, "SELECT 'works'") == "works");
    BOOST_TEST(db.sessions() == 3);
    loan moved = std::move(out.front());
    out.clear();
    db.wait_for_sessions(1);
    ask(moved, "SET search_path = nowhere"); // would be reset
    moved.give_back();
    moved.give_back();
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_CASE(they_end_while_it_ends) {
    database db(notes_schema);
    for (int round = 0; round < 50; ++round) {
        std::optional<pool> lender(std::in_place, db.config().connection(), pool_options{.max = 4});
        std::vector<loan> out;
        for (int i = 0; i < 4; ++i) out.push_back(lender->acquire(deadline::in(60s)));
        std::barrier together(5);
        std::vector<std::thread> threads;
        for (loan& each : out)
            threads.emplace_back([&together, mine = std::move(each)]() mutable {
                together.arrive_and_wait();
                mine.give_back();
            });
        together.arrive_and_wait();
        lender.reset();
        for (auto& each : threads) each.join();
    }
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_CASE(a_leaked_one_is_told_of_no_more_once_it_is_gone) {
    database db(notes_schema);
    warnings_heard watcher;
    std::optional<pool> lender(std::in_place, db.config().connection(), pool_options{.max = 1, .leak_threshold = 50ms},
                               &watcher);
    loan out = lender->acquire(deadline::in(60s));
    wait_for("the report", [&] { return watcher.count("leak") == 1; });
    lender.reset();
    out.give_back();
    BOOST_TEST(watcher.count("leak") == 1U);
    BOOST_TEST(watcher.count("leak_returned") == 1U);
    db.wait_for_sessions(0);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F39: services and pools that are static

BOOST_AUTO_TEST_SUITE(F39)

BOOST_AUTO_TEST_CASE(a_program_that_never_closes_them_ends_well) {
    for (const char* way_out : {"service", "closed", "opening", "calls", "loan", "exit", "tls"}) {
        if (std::string_view(way_out) == "tls" && environment("POSTGRES_SSL_CA").empty()) continue;
        BOOST_TEST_CONTEXT(way_out) {
            // What is under way when it ends is a matter of luck, so several times.
            for (int i = 0; i < 15; ++i) {
                const auto start = stopwatch::now();
                BOOST_TEST(run_program(PGREPO_FAULTS_STATICS, way_out) == 0);
                BOOST_TEST((stopwatch::now() - start < 10s));
            }
        }
    }
    session root;
    wait_for("the sessions' end", [&] {
        return root.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrepo_statics'") == "0";
    });
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F41: stopped while it waits

BOOST_AUTO_TEST_SUITE(F41)

BOOST_AUTO_TEST_CASE(a_waiter_is_told_at_once) {
    pooled on({.max = 1});
    const loan out = on.lender.acquire(deadline::in(60s));
    timed_failure failure;
    std::jthread waiter([&](const std::stop_token& stop) {
        failure.take([&] { (void)on.lender.acquire(call_options{.deadline = deadline::in(60s), .stop = stop}); });
    });
    wait_for("a waiter", [&] { return on.lender.counts().waiting == 1; });
    const auto start = stopwatch::now();
    waiter.request_stop();
    waiter.join();
    BOOST_TEST((stopwatch::now() - start < at_once));
    check_kind(failure.get(), error_kind::cancelled);
    BOOST_TEST(on.lender.counts().waiting == 0U);
    BOOST_TEST(on.lender.statistics().stopped == 1U);
    // One that was stopped before it came is told too, and waits for nothing.
    std::stop_source stopped;
    stopped.request_stop();
    check_kind(failure_elsewhere([&] { (void)on.lender.acquire(call_options{.stop = stopped.get_token()}); }),
               error_kind::cancelled);
}

BOOST_AUTO_TEST_CASE(while_its_session_is_being_opened) {
    pooled on({.max = 1});
    on.proxy.stall(way::to_client);
    timed_failure failure;
    std::jthread waiter([&](const std::stop_token& stop) {
        failure.take([&] { (void)on.lender.acquire(call_options{.deadline = deadline::in(60s), .stop = stop}); });
    });
    wait_for("an opening", [&] { return on.lender.counts().opening == 1; });
    const auto start = stopwatch::now();
    waiter.request_stop();
    waiter.join();
    BOOST_TEST((stopwatch::now() - start < at_once));
    check_kind(failure.get(), error_kind::cancelled);
    on.proxy.pass();
    wait_for("the session", [&] { return on.lender.counts().idle == 1; }); // it was opened all the same
    on.check_whole();
    BOOST_TEST(on.lender.statistics().opened == 1U);
}

BOOST_AUTO_TEST_CASE(in_a_call_the_session_is_replaced) {
    pooled on({.max = 1});
    timed_failure failure;
    std::jthread caller([&](const std::stop_token& stop) {
        const loan mine = on.lender.acquire(deadline::in(60s));
        failure.take([&] { ask(mine, "SELECT 'x' FROM pg_sleep(60)", {.deadline = {}, .stop = stop}); });
    });
    on.db.wait_for_waiters(1, "Timeout");
    const auto start = stopwatch::now();
    caller.request_stop();
    caller.join();
    BOOST_TEST((stopwatch::now() - start < at_once));
    check_kind(failure.get(), error_kind::cancelled);
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(just_as_a_session_comes_it_is_handed_on) {
    pooled on({.max = 1});
    std::atomic<int> served{0}, stopped{0}, other{0};
    for (int i = 0; i < 1000; ++i) {
        loan out = on.lender.acquire(deadline::in(60s));
        std::barrier together(3);
        // The second waiter must get the session, whoever of the first and the stop was faster.
        const auto waits = [&](const std::stop_token& stop) {
            try {
                const loan mine = on.lender.acquire(call_options{.deadline = deadline::in(10s), .stop = stop});
                ++served;
            } catch (const pgrepo::error& failure) {
                ++(failure.kind() == error_kind::cancelled ? stopped : other);
            }
        };
        std::stop_source source;
        std::thread first([&] { waits(source.get_token()); });
        std::thread second([&] { waits({}); });
        std::thread stops([&] {
            together.arrive_and_wait();
            for (int spin = 0; spin < i % 50 * 20; ++spin) std::atomic_signal_fence(std::memory_order_seq_cst);
            source.request_stop();
        });
        std::thread returns([&] {
            together.arrive_and_wait();
            out.give_back();
        });
        if (i % 2 == 0) // half the time both sleep already; a wait of 50 ms is served by hand
            wait_for("waiters", [&] { return on.lender.counts().waiting == 2; });
        if (i % 50 == 0) std::this_thread::sleep_for(60ms);
        together.arrive_and_wait();
        for (std::thread* each : {&first, &second, &stops, &returns}) each->join();
    }
    BOOST_TEST_MESSAGE(served << " served, " << stopped << " stopped");
    BOOST_TEST(other == 0);
    BOOST_TEST(served + stopped == 2000);
    BOOST_TEST(served >= 1000);
    BOOST_TEST(stopped > 0); // the fault
    on.check_whole();
    BOOST_TEST(on.lender.statistics().opened == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F42: a wait ends just as a session is handed over

BOOST_AUTO_TEST_SUITE(F42)

namespace {

struct outcome {
    std::atomic<std::uint64_t> served{0}, late{0}, stopped{0}, exhausted{0}, other{0};
};

/// Borrowers whose deadlines and stops are as long as what the others hold sessions for.
void fuzz(pool_options limits, int threads, int calls, bool breaks) {
    pooled on(limits);
    const loan warm = on.lender.acquire(deadline::in(60s));
    sampler looks(on.lender);
    outcome out;
    {
        std::vector<std::thread> callers;
        for (int t = 0; t < threads; ++t)
            callers.emplace_back([&, t] {
                std::mt19937 random(static_cast<unsigned>(t) + 1);
                const auto dice = [&](unsigned most) { return std::chrono::microseconds(random() % most); };
                for (int i = 0; i < calls; ++i) {
                    std::stop_source source;
                    const bool stops = random() % 4 == 0;
                    std::thread stopper;
                    call_options options;
                    if (random() % 8 != 0) options.deadline = deadline::in(dice(1500));
                    if (random() % 64 == 0) options.deadline = deadline::in(100ms); // long enough to be served by hand
                    if (stops) {
                        options.stop = source.get_token();
                        stopper = std::thread([&, after = dice(1000)] {
                            std::this_thread::sleep_for(after);
                            source.request_stop();
                        });
                    }
                    try {
                        const loan mine = on.lender.acquire(options);
                        ++out.served;
                        if (breaks && random() % 256 == 0) mine->close("broken");
                        if (random() % 128 == 0) std::this_thread::sleep_for(60ms);
                        std::this_thread::sleep_for(dice(600));
                    } catch (const pgrepo::pool_exhausted_error&) {
                        ++out.exhausted;
                    } catch (const pgrepo::error& failure) {
                        ++(failure.kind() == error_kind::deadline_exceeded ? out.late
                           : failure.kind() == error_kind::cancelled       ? out.stopped
                                                                           : out.other);
                    }
                    if (stopper.joinable()) stopper.join();
                }
            });
        for (auto& each : callers) each.join();
    }
    const auto seen = on.lender.statistics();
    BOOST_TEST_MESSAGE(out.served << " served, " << out.late << " late, " << out.stopped << " stopped, "
                                  << out.exhausted << " exhausted, " << seen.opened << " opened");
    BOOST_TEST(out.late > 0U); // the faults
    BOOST_TEST(out.stopped > 0U);
    BOOST_TEST(out.other == 0U);
    looks.check();
    // Each call is in the pool's books, once.
    BOOST_TEST(seen.acquired >= out.served + 1);
    BOOST_TEST(seen.stopped == out.stopped);
    BOOST_TEST(seen.timeouts == out.late + out.exhausted);
    BOOST_TEST(seen.opened == seen.closings.all() + seen.now.total - seen.now.opening); // of one moment
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_is_lost) {
    fuzz({.max = 3}, 10, 1500, false);
}
BOOST_AUTO_TEST_CASE(nor_while_sessions_come_and_go) {
    fuzz({.max = 3, .idle_timeout = 5ms, .max_uses = 20, .max_lifetime = 200ms}, 10, 1000, true);
}
BOOST_AUTO_TEST_CASE(all_can_be_had_afterwards) {
    pooled on({.max = 2, .max_uses = 0});
    std::vector<std::thread> callers;
    for (int t = 0; t < 8; ++t)
        callers.emplace_back([&, t] {
            std::mt19937 random(static_cast<unsigned>(t) + 1);
            for (int i = 0; i < 3000; ++i) try {
                    const loan mine = on.lender.acquire(deadline::in(std::chrono::microseconds(random() % 200)));
                } catch (const pgrepo::error&) {}
        });
    for (auto& each : callers) each.join();
    BOOST_TEST(on.lender.statistics().timeouts > 0U);
    on.check_whole();
    BOOST_TEST(on.lender.statistics().opened <= 2U);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F44: a thread waits for itself

BOOST_AUTO_TEST_SUITE(F44)

BOOST_AUTO_TEST_CASE(it_is_told_at_once) {
    proxied on(1);
    timed_failure inner;
    on.service.with_transaction([&](transaction& tx) {
        one(tx);
        inner.take([&] { one(on.service); }); // acquire_timeout is 30 s
    });
    BOOST_TEST((inner.took() < at_once));
    check_kind(inner.get(), error_kind::pool_exhausted);
    check_says(inner.get(), "wait for itself");
    check_says(inner.get(), "users.with(tx)");
    check_says(inner.get(), "pool.cpp:"); // who has it
    BOOST_TEST(one(on.service) == 1);
    on.check_recovers();
}

BOOST_AUTO_TEST_CASE(with_others_to_wait_for_it_is_a_warning) {
    warnings_heard watcher;
    pooled on({.max = 2}, &watcher);
    {
        const loan first = on.lender.acquire(deadline::in(60s));
        const loan second = on.lender.acquire(deadline::in(60s));
        BOOST_TEST(watcher.count("nested_acquire") == 1U);
        const auto failure = failure_of([&] { (void)on.lender.acquire(deadline::in(30s)); });
        check_kind(failure, error_kind::pool_exhausted);
    }
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(of_two_in_each_others_way_the_second_is_told_and_the_first_goes_on) {
    pooled on({.max = 2});
    for (int i = 0; i < 20; ++i) {
        std::barrier together(2);
        std::atomic<int> told{0}, served{0};
        const auto nests = [&] {
            const loan outer = on.lender.acquire(deadline::in(60s));
            together.arrive_and_wait();
            try {
                const loan inner = on.lender.acquire(deadline::in(20s));
                ++served;
            } catch (const pgrepo::pool_exhausted_error&) {
                ++told;
            }
        };
        const auto start = stopwatch::now();
        std::thread other(nests);
        nests();
        other.join();
        BOOST_TEST((stopwatch::now() - start < 10s));
        BOOST_TEST(told == 1);
        BOOST_TEST(served == 1);
    }
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(a_session_on_its_way_to_another_is_nobodys_own) {
    // Whoever gave a session back by hand to a waiter, and asks again, has none.
    pooled on({.max = 1});
    for (int i = 0; i < 5; ++i) {
        loan out = on.lender.acquire(deadline::in(60s));
        std::thread waiter([&] { const loan mine = on.lender.acquire(deadline::in(20s)); });
        wait_for("a waiter", [&] { return on.lender.counts().waiting == 1; });
        std::this_thread::sleep_for(80ms);
        out.give_back();
        BOOST_CHECK_NO_THROW(out = on.lender.acquire(deadline::in(20s)));
        out.give_back();
        waiter.join();
    }
    on.check_whole();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F45: leaks

BOOST_AUTO_TEST_SUITE(F45)

namespace {

class named_stack final : public pgrepo::stack_tracer {
public:
    std::size_t capture(const void** frames, std::size_t most) const noexcept override {
        if (most == 0) return 0;
        frames[0] = this;
        return 1;
    }
    std::string describe(const void* const* frames, std::size_t count) const override {
        return count == 1 && frames[0] == this ? "the borrower's stack" : "another stack";
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(it_is_told_once_and_the_session_stays_with_its_borrower) {
    warnings_heard watcher;
    const named_stack tracer;
    pooled on({.max = 2, .leak_threshold = 100ms, .tracer = &tracer}, &watcher);
    loan out = on.lender.acquire(deadline::in(60s));
    const unsigned line = __LINE__ - 1;
    ask(out, "BEGIN");
    const std::string pid = ask(out, "SELECT pg_backend_pid()::text");
    wait_for("the report", [&] { return watcher.count("leak") == 1; });
    const std::string text = watcher.first("leak");
    for (const std::string& part : {"pool.cpp:" + std::to_string(line), std::string("in transaction"),
                                    std::string("asks"), std::string("the borrower's stack")})
        BOOST_TEST(text.find(part) != std::string::npos, text << ": does not say " << part);
    std::this_thread::sleep_for(500ms); // several looks later
    BOOST_TEST(watcher.count("leak") == 1U);
    const auto holders = on.lender.holders();
    BOOST_TEST(holders.size() == 1U);
    BOOST_TEST(holders.at(0).reported);
    BOOST_TEST(holders.at(0).where.line() == line);
    BOOST_TEST((holders.at(0).age >= 500ms));
    BOOST_TEST(holders.at(0).statement_id == "asks");
    BOOST_TEST(holders.at(0).stack == "the borrower's stack");
    BOOST_TEST(ask(out, "SELECT pg_backend_pid()::text") == pid); // not closed by force
    ask(out, "COMMIT");
    out.give_back();
    BOOST_TEST(watcher.count("leak_returned") == 1U);
    BOOST_TEST(on.lender.statistics().leaks == 1U);
    BOOST_TEST(on.lender.statistics().returned == 1U);
    BOOST_TEST(on.lender.holders().empty());
    {
        const loan next = on.lender.acquire(deadline::in(60s));
        BOOST_TEST(ask(next, "SELECT pg_backend_pid()::text") == pid); // and back at work
    }
    BOOST_TEST(watcher.count("leak_returned") == 1U);
}

BOOST_AUTO_TEST_CASE(it_is_told_whichever_thread_opened_the_session) {
    for (int i = 0; i < 50; ++i) {
        warnings_heard watcher;
        pool lender(server().connection(), {.max = 2, .min = 2, .leak_threshold = 20ms}, &watcher);
        const loan out = lender.acquire(deadline::in(60s));
        wait_for("the report", [&] { return watcher.count("leak") == 1; });
    }
}

BOOST_AUTO_TEST_CASE(a_cycle_that_keeps_its_loan_is_found_in_the_list_and_in_the_error) {
    struct keeper_of_itself {
        std::shared_ptr<keeper_of_itself> self{};
        loan out{};
    };
    warnings_heard watcher;
    pooled on({.max = 1, .acquire_timeout = 200ms, .leak_threshold = 50ms}, &watcher);
    wait_for("a session", [&] { return pgrepo::try_([&] { on.lender.acquire().give_back(); }).has_value(); });
    const auto lost = std::make_shared<keeper_of_itself>();
    lost->self = lost;
    lost->out = on.lender.acquire(deadline::in(60s));
    wait_for("the report", [&] { return watcher.count("leak") == 1; });
    std::optional<std::size_t> named;
    const auto failure = failure_elsewhere([&] {
        try {
            (void)on.lender.acquire();
        } catch (const pgrepo::pool_exhausted_error& caught) {
            named = caught.holders().size();
            throw;
        }
    });
    check_kind(failure, error_kind::pool_exhausted);
    check_says(failure, "pool.cpp:");
    BOOST_TEST((named == 1U));
    BOOST_TEST(on.lender.holders().size() == 1U);
    lost->self.reset();
    lost->out.give_back();
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(it_is_told_once_though_the_observer_is_slow) {
    // While the observer hears that one came back, the pool looks for leaks several times.
    struct slow : warnings_heard {
        void on_warning(const pgrepo::warning_event& event) noexcept override {
            warnings_heard::on_warning(event);
            if (event.code == "leak_returned") std::this_thread::sleep_for(300ms);
        }
    } watcher;
    pooled on({.max = 1, .leak_threshold = 50ms}, &watcher);
    for (std::size_t i = 1; i <= 2; ++i) {
        loan out = on.lender.acquire(deadline::in(60s));
        wait_for("the report", [&] { return watcher.count("leak") >= i; });
        out.give_back();
        BOOST_TEST(watcher.count("leak") == i);
        BOOST_TEST(watcher.count("leak_returned") == i);
        { const loan brief = on.lender.acquire(deadline::in(60s)); }
        BOOST_TEST(watcher.count("leak_returned") == i);
    }
    BOOST_TEST(on.lender.statistics().leaks == 2U);
    BOOST_TEST(on.lender.statistics().returned == 2U);
    on.check_whole();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F46: observers that come back, or take their time

BOOST_AUTO_TEST_SUITE(F46)

namespace {

/// Asks the pool for its numbers in every callback, and is slow.
struct curious : pgrepo::observer {
    std::atomic<const pool*> of{nullptr};
    std::atomic<int> calls{0}, wrong{0};
    std::chrono::milliseconds pause{0};

    void look() noexcept {
        ++calls;
        if (const pool* const asked = of.load()) {
            if (!adds_up(asked->counts())) ++wrong;
            static_cast<void>(asked->statistics());
            static_cast<void>(asked->is_closed());
            try {
                static_cast<void>(asked->holders());
                static_cast<void>(asked->newest_endpoint());
            } catch (const std::exception&) {
                ++wrong;
            }
        }
        if (pause.count() != 0) std::this_thread::sleep_for(pause);
    }
    void on_notice(const pgrepo::notice_event&) noexcept override { look(); }
    void on_connection(const pgrepo::connection_event&) noexcept override { look(); }
    void on_acquire(const pgrepo::acquire_event&) noexcept override { look(); }
    void on_statement(const pgrepo::statement_event&) noexcept override { look(); }
    void on_pool(const pgrepo::pool_event&) noexcept override { look(); }
    void on_warning(const pgrepo::warning_event&) noexcept override { look(); }
};

} // namespace

BOOST_AUTO_TEST_CASE(who_asks_the_pool_is_answered) {
    for (const auto pause : {0ms, 5ms}) {
        curious watcher;
        watcher.pause = pause;
        {
            pooled on({.max = 3,
                       .acquire_timeout = 60s,
                       .idle_timeout = 20ms,
                       .max_uses = 10,
                       .leak_threshold = 5ms,
                       .ping_after = 10ms},
                      &watcher);
            watcher.of = &on.lender;
            std::atomic<int> failed{0};
            std::vector<std::thread> threads;
            for (int t = 0; t < 6; ++t)
                threads.emplace_back([&, t] {
                    for (int i = 0; i < 40; ++i) try {
                            const loan mine = on.lender.acquire(deadline::in(20s));
                            const int what = (t + i) % 8;
                            if (what == 0) ask(mine, "BEGIN"); // comes back busy
                            if (what == 1) ask(mine, "SET search_path = nowhere");
                            if (what == 2) mine->close("broken");
                            if (what == 3) std::this_thread::sleep_for(10ms); // a leak
                            if (what > 3) ask(mine, "SELECT 'x'");
                        } catch (const pgrepo::error&) {
                            ++failed;
                        }
                });
            for (auto& each : threads) each.join();
            BOOST_TEST(failed == 0);
            BOOST_TEST(on.lender.statistics().leaks > 0U);
            on.lender.close();
            on.db.wait_for_sessions(0);
            watcher.of = nullptr;
        }
        BOOST_TEST(watcher.calls > 240);
        BOOST_TEST(watcher.wrong == 0);
    }
}

// A session that came when the pool was closed already: its end is told while the pool's destructor waits for the thread.
BOOST_AUTO_TEST_CASE(one_may_ask_until_the_pool_is_gone) {
    struct late : curious {
        std::atomic<bool> opened{false}, asked{false};
        std::latch closed{1};
        void on_connection(const pgrepo::connection_event& event) noexcept override {
            if (event.opened) {
                opened = true;
                closed.wait();
            } else {
                look();
                asked.store(
                    true,
                    std::memory_order_relaxed); // orders nothing: what the thread sanitizer is to see is not hidden
            }
        }
    } watcher;
    std::optional<pool> lender(std::in_place, server().connection(), pool_options{.max = 1}, &watcher);
    watcher.of = &*lender;
    std::thread caller([&] {
        check_kind(failure_of([&] { static_cast<void>(lender->acquire(deadline::in(60s))); }), error_kind::closed);
    });
    wait_for("a session", [&] { return watcher.opened.load(); });
    lender->close();
    caller.join();
    watcher.closed.count_down();
    wait_for("its end", [&] { return watcher.asked.load(std::memory_order_relaxed); });
    lender.reset();
    BOOST_TEST(watcher.wrong == 0);
}

BOOST_AUTO_TEST_CASE(one_that_takes_its_time_over_a_leak_keeps_nobody_waiting) {
    struct slow : pgrepo::observer {
        std::atomic<bool> told{false}, goes_on{false};
        void on_warning(const pgrepo::warning_event& event) noexcept override {
            if (event.code != "leak") return;
            told = true;
            const auto limit = stopwatch::now() + 30s;
            while (!goes_on && stopwatch::now() < limit) std::this_thread::sleep_for(1ms);
        }
    } watcher;
    pooled on({.max = 3, .leak_threshold = 50ms}, &watcher);
    const loan leaked = on.lender.acquire(deadline::in(60s));
    wait_for("the report", [&] { return watcher.told.load(); });
    std::atomic<bool> served{false};
    std::thread([&] { // needs a session that has to be opened
        try {
            const loan mine = on.lender.acquire(deadline::in(5s));
            served = ask(mine, "SELECT 'x'") == "x";
        } catch (const pgrepo::error&) {}
    })
        .join();
    watcher.goes_on = true;
    BOOST_TEST(served);
}

BOOST_AUTO_TEST_CASE(one_that_writes_what_it_hears_into_the_database) {
    struct scribe : pgrepo::observer {
        std::atomic<pool*> on{nullptr};
        std::atomic<int> written{0}, failed{0};
        void on_warning(const pgrepo::warning_event& event) noexcept override {
            pool* const lender = on.load();
            // What it borrows itself may be worth a warning, too ("nested_acquire").
            if (lender == nullptr || !event.code.starts_with("leak")) return;
            try {
                const loan mine = lender->acquire(deadline::in(5s));
                ask(mine, "SELECT 'written'");
                ++written;
            } catch (const pgrepo::error&) {
                ++failed;
            }
        }
    } watcher;
    pooled on({.max = 2, .leak_threshold = 100ms}, &watcher);
    watcher.on = &on.lender;
    loan out = on.lender.acquire(deadline::in(60s));
    wait_for("the report", [&] { return watcher.written + watcher.failed >= 1; });
    out.give_back(); // leak_returned
    wait_for("the next", [&] { return watcher.written + watcher.failed >= 2; });
    watcher.on = nullptr;
    BOOST_TEST(watcher.failed == 0);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F55: what a borrower sets is gone with it

BOOST_AUTO_TEST_SUITE(F55)

namespace {

struct touch {
    const char* does;
    const char* shows; ///< as in a session that was just opened
};
constexpr touch touches[] = {
    {"SET search_path = elsewhere", "SELECT current_setting('search_path')"},
    {"set local_preload_libraries = ''", "SELECT 'x'"},
    {"/* a comment */ SET SESSION statement_timeout = '1h'", "SELECT current_setting('statement_timeout')"},
    {"-- a comment\nSET TIME ZONE 'Asia/Tokyo'", "SELECT current_setting('TimeZone')"},
    {"SELECT set_config('search_path', 'elsewhere', false)", "SELECT current_setting('search_path')"},
    {"SELECT set_config('search_path', 'elsewhere', NOT true)", "SELECT current_setting('search_path')"},
    {"SELECT set_config('app.who', $$, true$$ || ')', false)", "SELECT coalesce(current_setting('app.who', true), '')"},
    {"SELECT set_config('search_path', 'elsewhere' /* , true) */, false)", "SELECT current_setting('search_path')"},
    {"WITH a AS (SELECT pg_catalog.set_config('app.user', '7', false)) SELECT * FROM a",
     "SELECT coalesce(current_setting('app.user', true), '')"},
    {"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SELECT current_setting('transaction_read_only')"},
    {"DO $$ BEGIN SET search_path = elsewhere; END $$", "SELECT current_setting('search_path')"},
    {"DO $$ BEGIN EXECUTE 'LISTEN ' || 'news'; END $$", "SELECT count(*)::text FROM pg_listening_channels()"},
    {"DO $$ BEGIN PERFORM pg_advisory_lock(42); CREATE TEMP TABLE scratch (id integer); END $$",
     "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"},
    {"LISTEN news", "SELECT count(*)::text FROM pg_listening_channels()"},
    {"CREATE TEMP TABLE scratch (id integer)", "SELECT coalesce(to_regclass('pg_temp.scratch')::text, 'none')"},
    {"SELECT 1 AS id INTO TEMPORARY scratch", "SELECT coalesce(to_regclass('pg_temp.scratch')::text, 'none')"},
    {"CREATE TABLE pg_temp.scratch (id integer)", "SELECT coalesce(to_regclass('pg_temp.scratch')::text, 'none')"},
    {"SELECT pg_advisory_lock(42)::text",
     "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"},
    {"SELECT pg_try_advisory_lock_shared(42)::text",
     "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"},
};

} // namespace

BOOST_AUTO_TEST_CASE(the_next_borrower_finds_the_session_as_it_was_opened) {
    pooled on({.max = 1});
    on.db.connect().run("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.notes (id integer); GRANT CREATE ON SCHEMA "
                        "public TO PUBLIC");
    const auto now = [&](const char* shows) { return ask(on.lender.acquire(deadline::in(60s)), shows); };
    const std::string pid = now("SELECT pg_backend_pid()::text");
    for (const touch& each : touches) {
        BOOST_TEST_CONTEXT(each.does) {
            const std::string before = now(each.shows);
            {
                const loan mine = on.lender.acquire(deadline::in(60s));
                ask(mine, each.does);
            }
            BOOST_TEST(now(each.shows) == before);
            BOOST_TEST(on.lender.statistics().closings.all() == 0U); // mended, not replaced
        }
    }
    const auto closings = on.lender.statistics().closings;
    BOOST_TEST_MESSAGE(closings.not_reset << " not reset, " << closings.broken << " broken, " << closings.retired
                                          << " retired");
    BOOST_TEST(now("SELECT pg_backend_pid()::text") == pid); // it was mended, not replaced
    BOOST_TEST(now("SELECT count(*)::text FROM notes") == "2");
    BOOST_TEST(on.lender.statistics().opened == 1U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_undone_ends_the_session) {
    pooled on({.max = 1});
    { ask(on.lender.acquire(deadline::in(60s)), "PREPARE mine AS SELECT 1"); }
    BOOST_TEST(ask(on.lender.acquire(deadline::in(60s)), "SELECT count(*)::text FROM pg_prepared_statements") == "0");
    BOOST_TEST(on.lender.statistics().closings.not_reset == 1U);
    // A reset whose answer does not come is no reset.
    {
        const loan mine = on.lender.acquire(deadline::in(60s));
        ask(mine, "SET search_path = elsewhere");
        on.proxy.on_text("RESET ALL", fate::hide_answer);
    }
    BOOST_TEST(on.proxy.counts().matches == 1U);
    on.proxy.pass();
    BOOST_TEST(on.lender.statistics().closings.not_reset == 2U);
    BOOST_TEST(ask(on.lender.acquire(deadline::in(60s)), "SELECT current_setting('search_path')") != "elsewhere");
    on.check_whole();
}

BOOST_AUTO_TEST_CASE(who_sets_nothing_costs_nothing) {
    pooled on({.max = 1});
    { ask(on.lender.acquire(deadline::in(60s)), "SELECT 'x'"); }
    std::size_t asked = on.proxy.counts().to_server.read;
    for (int i = 0; i < 100; ++i) {
        const loan mine = on.lender.acquire(deadline::in(60s));
        if (i % 25 == 0) std::this_thread::sleep_for(20ms); // looked at, but not asked
    }
    BOOST_TEST(on.proxy.counts().to_server.read == asked); // not a byte
    on.proxy.on_text("RESET ALL", fate::pass);
    for (const char* each :
         {"SELECT 'SET'", "SELECT set_config('search_path', 'public', true)", "SELECT pg_advisory_xact_lock(1)::text",
          "CREATE TEMP TABLE t (id integer) ON COMMIT DROP"})
        ask(on.lender.acquire(deadline::in(60s)), each);
    BOOST_TEST(on.proxy.counts().matches == 0U);
    ask(on.lender.acquire(deadline::in(60s)), "SET search_path = elsewhere");
    BOOST_TEST(on.proxy.counts().matches == 1U);
}

BOOST_AUTO_TEST_CASE(a_services_statements_find_their_own_schema_again) {
    database db(std::string(notes_schema) +
                "; CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.notes (id integer PRIMARY KEY, text text)");
    auto config = db.config();
    config.pool_max = 1;
    postgres_service service(config);
    const auto count = [&] { return service.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes", "count">); };
    BOOST_TEST(count() == 2);
    service.with_transaction([&](transaction& tx) {
        tx.execute(sql<"SET search_path = elsewhere", "sets">);
        // The plan's other table, prepared under the same name.
        BOOST_TEST(tx.select_value<std::int64_t>(sql<"SELECT count(*) FROM notes", "count">) == 0);
    });
    BOOST_TEST(count() == 2);
    service.execute(sql<"SET search_path = elsewhere", "sets">);
    BOOST_TEST(count() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
