// Servers that go away and come back, or take no writes any more, under a pool: F8, F9, F50. Each test has its own.

#include "support/pool_bench.hpp"
#include "support/private_server.hpp"

#include <signal.h>

#include <algorithm>
#include <barrier>
#include <set>

using namespace faults;

namespace {

/// What may be told while the server is away; nothing else.
bool is_away(const pgrepo::error& failure) {
    const auto state = failure.sqlstate();
    return (failure.kind() == error_kind::connection_lost || failure.kind() == error_kind::connect_failed) &&
           (state.empty() || state == "57P01" || state == "57P02" || state == "57P03");
}

/// Threads that borrow a session for 20 ms each, over and over, and keep what they are told.
class borrowers {
public:
    borrowers(pool& lender, int count) {
        for (int i = 0; i < count; ++i) threads_.emplace_back([this, &lender] { borrow(lender); });
    }
    borrowers(const borrowers&) = delete;
    borrowers& operator=(const borrowers&) = delete;
    ~borrowers() { end(); }

    void end() {
        stop_ = true;
        for (auto& each : threads_)
            if (each.joinable()) each.join();
    }
    [[nodiscard]] int served() const noexcept { return served_; }
    [[nodiscard]] int failed() const noexcept { return failed_; }
    /// Since the last call, the longest that a call took that failed.
    std::chrono::milliseconds take_longest() { return std::chrono::milliseconds(longest_.exchange(0)); }
    [[nodiscard]] std::string last() {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    void check() {
        end();
        BOOST_TEST(unexpected_.empty(), (unexpected_.empty() ? std::string() : unexpected_.front()));
        BOOST_TEST(failed_ > 0); // it was felt
    }

private:
    void borrow(pool& lender) {
        while (!stop_) {
            const auto start = stopwatch::now();
            try {
                const loan mine = lender.acquire(deadline::in(60s));
                ask(mine, "SELECT 'x' FROM pg_sleep(0.02)");
                ++served_;
            } catch (const pgrepo::error& failure) {
                const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(stopwatch::now() - start);
                {
                    const std::lock_guard lock(mutex_);
                    last_ = failure.what();
                    longest_ = std::max<std::int64_t>(longest_, took.count());
                    if (!is_away(failure)) unexpected_.push_back(last_);
                }
                ++failed_;
                std::this_thread::sleep_for(5ms); // somebody who is told so does not come again at once
            }
        }
    }

    std::atomic<bool> stop_{false};
    std::atomic<int> served_{0}, failed_{0};
    std::atomic<std::int64_t> longest_{0};
    std::mutex mutex_{};
    std::string last_{};
    std::vector<std::string> unexpected_{};
    std::vector<std::thread> threads_{};
};

std::set<std::string> pids(const std::vector<loan>& of) {
    std::set<std::string> out;
    for (const loan& each : of) out.insert(ask(each, "SELECT pg_backend_pid()::text"));
    return out;
}
/// Those of as many sessions as the pool may have, all opened.
std::set<std::string> fill(pool& lender) {
    std::vector<loan> all;
    const auto max = lender.counts().max;
    while (all.size() < max) all.push_back(lender.acquire(deadline::in(20s)));
    return pids(all);
}
std::size_t kept(const std::set<std::string>& before, const std::set<std::string>& after) {
    return static_cast<std::size_t>(std::ranges::count_if(after, [&](auto& each) { return before.contains(each); }));
}
constexpr const char* writes = "INSERT INTO notes SELECT max(id) + 1, 'more' FROM notes";

} // namespace

// ---- F8: the server is down for a while

BOOST_AUTO_TEST_SUITE(F08)

BOOST_AUTO_TEST_CASE(one_attempt_at_a_time_callers_are_told_and_all_is_well_soon_after) {
    private_server& postgres = private_server::instance();
    fault_proxy proxy{the_server()};
    pool lender(through(proxy, server()).connection(), {.max = 20});
    sampler looks(lender);
    borrowers load(lender, 20);
    wait_for("the whole pool", [&] { return lender.counts().total == 20; });

    postgres.stop(SIGINT);
    wait_for("the first failures", [&] { return load.failed() > 20 && lender.counts().total <= 1; });
    std::this_thread::sleep_for(100ms);
    static_cast<void>(looks.take_most_opening());
    static_cast<void>(load.take_longest());
    const std::size_t attempts = proxy.counts().sessions;
    const int failed = load.failed();
    const int served = load.served();
    const auto down_since = stopwatch::now();
    std::this_thread::sleep_for(5s);
    const std::size_t tried = proxy.counts().sessions - attempts;
    const auto lasted = std::chrono::ceil<std::chrono::seconds>(stopwatch::now() - down_since).count();
    BOOST_TEST_MESSAGE(tried << " attempts in " << lasted << " s, " << load.failed() - failed << " calls were told");
    BOOST_TEST(load.served() == served);
    BOOST_TEST(tried >= 2U);
    BOOST_TEST(tried <= static_cast<std::size_t>(2 * lasted)); // two a second
    BOOST_TEST(looks.take_most_opening() <= 1U);
    BOOST_TEST(load.failed() - failed > 500); // each at once
    BOOST_TEST((load.take_longest() < 20s));  // and not 60 s, as they would wait
    const std::string told = load.last();
    BOOST_TEST((told.find(" ago") != std::string::npos || told.find("ms") == std::string::npos), told);
    BOOST_TEST(told.find("connect_failed") != std::string::npos, told);

    postgres.start();
    const auto start = stopwatch::now();
    wait_for("the first success", [&] { return load.served() > served; });
    // That it comes at all is for the tests; the goals, 1 s and 5 s, are for benchmarks/recovery to judge.
    const auto since_start = [&] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(stopwatch::now() - start).count();
    };
    BOOST_TEST_MESSAGE("first success after " << since_start() << " ms");
    wait_for("the whole pool", [&] { return lender.counts().total == 20; });
    BOOST_TEST_MESSAGE("whole after " << since_start() << " ms");
    BOOST_TEST(looks.take_most_opening() <= 2U); // connect_concurrency
    looks.check();
    load.check();
    BOOST_TEST(lender.counts().waiting == 0U);
    BOOST_TEST(fill(lender).size() == 20U);
}

BOOST_AUTO_TEST_CASE(the_cause_is_the_true_one_and_says_how_old_it_is) {
    private_server& postgres = private_server::instance();
    pool lender(server().connection(), {.max = 2});
    fill(lender);
    postgres.stop(SIGINT);
    check_kind(failure_of([&] { (void)lender.acquire(deadline::in(20s)); }), error_kind::connect_failed);
    // A call that does not try itself says how long ago somebody did; one that is let try has nothing to add.
    std::optional<pgrepo::error> failure;
    wait_for("a call that did not try", [&] {
        failure = ends_within(0ms, [&] { (void)lender.acquire(deadline::in(20s)); });
        return failure->message().find("ms ago") != std::string::npos;
    });
    check_kind(*failure, error_kind::connect_failed);
    BOOST_TEST(lender.statistics().refused >= 1U);
    postgres.start();
    wait_for("a session", [&] { return pgrepo::try_([&] { (void)lender.acquire(deadline::in(20s)); }).has_value(); });
    BOOST_TEST(fill(lender).size() == 2U);
    BOOST_TEST(lender.statistics().open_failures >= 1U);
}

BOOST_AUTO_TEST_CASE(what_somebody_must_mend_is_not_tried_again_unasked) {
    struct {
        const char* name;
        const char* state;
        void (*change)(postgres_config&);
    } const refusals[] = {
        {"password", "28P01", [](postgres_config& c) { c.password = pgrepo::secret("wrong"); }},
        {"database", "3D000", [](postgres_config& c) { c.database = "nowhere"; }},
        {"certificate", "", // which another authority has signed
         [](postgres_config& c) {
             c.tls = pgrepo::tls_mode::verify_full;
             c.tls_ca = environment("PGREPO_TLS_OTHER_CA");
         }},
    };
    for (const auto& each : refusals) {
        BOOST_TEST_CONTEXT(each.name) {
            const bool tls = *each.state == '\0'; // which the server offers over TCP
            fault_proxy proxy{
                tls ? upstream{"127.0.0.1", static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_TCP_PORT")))}
                    : the_server()};
            auto config = through(proxy, server());
            each.change(config);
            pool lender(config.connection(), {.max = 4, .min = 4}); // though it should keep four
            const auto told = failure_of([&] { (void)lender.acquire(deadline::in(20s)); });
            check_state(told, each.state);
            BOOST_TEST(told.lasting());
            if (tls) check_says(told, "certificate");
            std::this_thread::sleep_for(2500ms);
            const std::size_t first = proxy.counts().sessions;
            BOOST_TEST(first == 1U); // the first of all is opened alone
            // Callers are: but not each of them.
            for (int i = 0; i < 200; ++i) {
                check_state(failure_of([&] { (void)lender.acquire(deadline::in(20s)); }), each.state);
                std::this_thread::sleep_for(5ms);
            }
            BOOST_TEST(proxy.counts().sessions >= first + 1);
            BOOST_TEST(proxy.counts().sessions <= first + 3);
        }
    }
}

// Whoever has a session while the host is gone does not make the others wait for it.
BOOST_AUTO_TEST_CASE(a_borrowed_session_makes_nobody_wait_for_a_host_that_is_gone) {
    pooled on({.max = 1, .acquire_timeout = 120s});
    const loan out = on.lender.acquire(deadline::in(20s));
    on.lender.resize(2);
    on.proxy.refuse_sessions(true);
    wait_for("a loan of more than a moment", [&] { return on.lender.holders().front().age > 700ms; });
    timed_failure waiter;
    std::thread waits([&] { waiter.take([&] { (void)on.lender.acquire(deadline::in(90s)); }); });
    waits.join();
    BOOST_TEST_MESSAGE("told after " << waiter.took().count() << " ms");
    check_kind(waiter.get(), error_kind::connect_failed);
    BOOST_TEST((waiter.took() < 30s)); // and not when its own time is over
    timed_failure newcomer;
    std::thread([&] { newcomer.take([&] { (void)on.lender.acquire(deadline::in(90s)); }); }).join();
    check_kind(newcomer.get(), error_kind::connect_failed);
    BOOST_TEST((newcomer.took() < 30s));
    on.proxy.refuse_sessions(false);
    wait_for("another", [&] {
        return pgrepo::try_([&] { const loan second = on.lender.acquire(deadline::in(20s)); }).has_value();
    });
}

/// What came of callers that share one session for as long as three attempts to open another take.
struct shared_session {
    std::atomic<int> served{0}, told{0};
    std::mutex guard{};
    std::vector<stopwatch::time_point> lent{};

    /// From one loan to the next, or to the end.
    std::chrono::milliseconds longest() {
        const std::lock_guard lock(guard);
        lent.push_back(stopwatch::now());
        std::ranges::sort(lent);
        stopwatch::duration found{};
        for (std::size_t i = 1; i < lent.size(); ++i) found = std::max(found, lent[i] - lent[i - 1]);
        return std::chrono::ceil<std::chrono::milliseconds>(found);
    }
};

void share_one_session(shared_session& came) {
    pooled on({.max = 1, .acquire_timeout = 120s});
    { const loan one = on.lender.acquire(deadline::in(20s)); }
    on.proxy.refuse_sessions(true);
    on.lender.resize(8);
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] {
            while (!done) {
                try {
                    const loan mine = on.lender.acquire(deadline::in(90s));
                    {
                        const std::lock_guard lock(came.guard);
                        came.lent.push_back(mine.since());
                    }
                    ask(mine, "SELECT 'x' FROM pg_sleep(0.02)");
                    ++came.served;
                } catch (const pgrepo::error&) {
                    ++came.told;
                    std::this_thread::sleep_for(50ms);
                }
            }
        });
    wait_for("three attempts", [&] { return on.lender.statistics().open_failures >= 3; }); // the fault
    done = true;
    for (auto& each : threads) each.join();
}

// But sessions that come and go are worth waiting for, though the server gives no further one.
BOOST_AUTO_TEST_CASE(sessions_that_come_and_go_serve_those_who_wait_though_no_other_is_given) {
    // A machine that stood still for so long that the session seemed lost proves nothing: once more.
    for (int round = 1;; ++round) {
        shared_session came;
        share_one_session(came);
        const auto longest = came.longest();
        BOOST_TEST_MESSAGE(came.served << " served, " << came.told << " told; from one loan to the next at most "
                                       << longest.count() << " ms");
        if (longest >= 400ms && round < 20) continue;
        BOOST_TEST(came.served > 10);
        BOOST_TEST(came.told == 0);
        return;
    }
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F9: everybody comes at once

BOOST_AUTO_TEST_SUITE(F09)

BOOST_AUTO_TEST_CASE(two_hundred_callers_do_not_open_two_hundred_sessions) {
    private_server& postgres = private_server::instance();
    fault_proxy proxy{the_server()};
    proxy.delay(way::to_client, 20ms); // so that opening takes its time
    auto config = through(proxy, server());
    config.tls = pgrepo::tls_mode::off;
    pool lender(config.connection(), {.max = 10});
    sampler looks(lender);
    borrowers load(lender, 200);
    wait_for("load", [&] { return load.served() > 200; });
    BOOST_TEST(lender.counts().waiting > 100U); // the herd
    for (int i = 0; i < 3; ++i) {
        const std::size_t before = proxy.counts().sessions;
        postgres.stop(SIGINT);
        postgres.start();
        const int served = load.served();
        wait_for("calls", [&] { return load.served() > served + 200; });
        wait_for("the whole pool", [&] { return lender.counts().total == 10; });
        BOOST_TEST_MESSAGE(proxy.counts().sessions - before << " attempts");
        BOOST_TEST(proxy.counts().sessions - before <= 10U + 30U);
    }
    BOOST_TEST(looks.take_most_opening() <= 2U); // connect_concurrency
    looks.check();
    load.check();
    BOOST_TEST(lender.counts().total <= 10U);
}

BOOST_AUTO_TEST_CASE(sessions_opened_together_do_not_end_together) {
    struct : pgrepo::observer {
        void on_connection(const pgrepo::connection_event& event) noexcept override {
            if (event.reason != "lifetime") return;
            const std::lock_guard lock(mutex);
            ends.push_back(stopwatch::now());
        }
        std::mutex mutex{};
        std::vector<stopwatch::time_point> ends{};
    } watcher;
    pool lender(server().connection(), {.max = 32, .max_lifetime = 2s, .connect_concurrency = 32}, &watcher);
    {
        std::vector<std::thread> callers;
        std::barrier together(32);
        for (int i = 0; i < 32; ++i)
            callers.emplace_back([&] {
                const loan mine = lender.acquire(deadline::in(20s));
                together.arrive_and_wait();
            });
        for (auto& each : callers) each.join();
    }
    wait_for("their ends", [&] {
        const std::lock_guard lock(watcher.mutex);
        return watcher.ends.size() >= 32;
    });
    const std::lock_guard lock(watcher.mutex);
    const auto [first, last] = std::ranges::minmax(watcher.ends);
    BOOST_TEST((last - first > 400ms)); // from three quarters to five quarters of 2 s, seen at looks 250 ms apart
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F50: the server has become read-only

BOOST_AUTO_TEST_SUITE(F50)

BOOST_AUTO_TEST_CASE(a_refused_write_keeps_its_sqlstate) {
    database db(notes_schema);
    auto config = db.config();
    config.pool_max = 1;
    postgres_service service(config);
    session look(db.name());
    look.run("ALTER DATABASE " + db.name() + " SET default_transaction_read_only = on");
    BOOST_TEST(db.kill() == 1);
    std::this_thread::sleep_for(25ms);
    BOOST_TEST(service.select<Note>(sql<"SELECT id, text FROM notes">).size() == 2U); // reads go on
    for (int i = 0; i < 3; ++i) check_state(failure_of([&] { add_note(service, 3); }), "25006");
    check_state(failure_of([&] { service.with_transaction([&](transaction& tx) { add_note(tx, 3); }); }), "25006");
    BOOST_TEST(look.run("SELECT count(*) FROM notes") == "2");
}

BOOST_AUTO_TEST_CASE(all_sessions_of_that_time_are_replaced) {
    pooled on({.max = 4});
    session root = administrator();
    const auto read_only = [&](const char* yes) {
        root.run(std::string("ALTER SYSTEM SET default_transaction_read_only = ") + yes);
        root.run("SELECT pg_reload_conf()");
        wait_for("it", [&] { return session().run("SHOW default_transaction_read_only") == yes; });
    };
    const auto before = fill(on.lender);
    loan out = on.lender.acquire(deadline::in(60s)); // borrowed all the while
    const std::string mine = ask(out, "SELECT pg_backend_pid()::text");
    read_only("on");
    wait_for("the refusal", [&] { // each session hears of it when it hears of it
        const loan each = on.lender.acquire(deadline::in(60s));
        if (ask(each, "SHOW default_transaction_read_only") != "on") return false;
        check_state(failure_of([&] { ask(each, writes); }), "25006"); // the fault
        return true;
    });
    wait_for("their ends", [&] { return on.lender.statistics().closings.retired >= 3; });
    BOOST_TEST(ask(out, "SELECT pg_backend_pid()::text") == mine); // not torn from its borrower
    out.give_back();
    BOOST_TEST(on.lender.statistics().closings.retired == 4U);
    read_only("off");
    const auto after = fill(on.lender);
    BOOST_TEST(after.size() == 4U);
    BOOST_TEST(kept(before, after) == 0U);
    for (int i = 0; i < 4; ++i) ask(on.lender.acquire(deadline::in(60s)), writes);
}

BOOST_AUTO_TEST_CASE(who_asked_for_it_to_be_read_only_retires_nothing) {
    pooled on({.max = 3});
    const auto before = fill(on.lender);
    for (const char* begins : {"BEGIN READ ONLY", "BEGIN; SET TRANSACTION READ ONLY"}) {
        const loan mine = on.lender.acquire(deadline::in(60s));
        const std::string text = begins;
        const auto second = text.find(';');
        ask(mine, text.substr(0, second));
        if (second != std::string::npos) ask(mine, text.substr(second + 2));
        check_state(failure_of([&] { ask(mine, writes); }), "25006");
        ask(mine, "ROLLBACK");
    }
    {
        const loan mine = on.lender.acquire(deadline::in(60s));
        ask(mine, "SET default_transaction_read_only = on"); // the session's own, and gone with the loan
        check_state(failure_of([&] { ask(mine, writes); }), "25006");
    }
    BOOST_TEST(on.lender.statistics().closings.retired == 0U);
    BOOST_TEST(kept(before, fill(on.lender)) == 3U);
    ask(on.lender.acquire(deadline::in(60s)), writes);
}

BOOST_AUTO_TEST_CASE(one_that_the_server_ends_takes_all_along) {
    pooled on({.max = 4});
    const auto before = fill(on.lender);
    const loan out = on.lender.acquire(deadline::in(60s));
    {
        const loan victim = on.lender.acquire(deadline::in(60s));
        const std::string pid = ask(victim, "SELECT pg_backend_pid()::text");
        session(on.db.name()).run("SELECT pg_terminate_backend(" + pid + ", 10000)");
        check_state(failure_of([&] { ask(victim, "SELECT 'x'"); }), "57P01");
    }
    wait_for("their ends", [&] { return on.lender.statistics().closings.retired >= 2; });
    BOOST_TEST(ask(out, "SELECT 'mine'") == "mine");
}

BOOST_AUTO_TEST_CASE(so_is_one_that_is_just_looked_at) {
    // The answer must come within the second that a look is given, which a busy machine may let pass: then once more.
    std::uint64_t late = 1;
    for (int i = 0; i < 10 && late != 0; ++i) {
        pooled on({.max = 1, .ping_after = 200ms});
        const auto before = fill(on.lender);
        on.proxy.stall(way::to_client);
        wait_for("the look", [&] { return on.lender.counts().opening == 1; }); // asked, and has not answered
        on.lender.retire_all();
        on.proxy.pass();
        wait_for("its answer", [&] { return on.lender.counts().opening == 0; });
        BOOST_TEST(kept(before, fill(on.lender)) == 0U);
        late = on.lender.statistics().closings.broken;
    }
    BOOST_TEST(late == 0U);
}

BOOST_AUTO_TEST_CASE(and_one_that_is_just_being_opened) {
    pooled on({.max = 1});
    on.proxy.stall(way::to_client);
    std::thread caller([&] { ask(on.lender.acquire(deadline::in(20s)), "SELECT 'x'"); });
    wait_for("the opening", [&] { return on.lender.counts().opening == 1 && on.proxy.counts().to_server.read > 0; });
    on.lender.retire_all();
    on.proxy.pass();
    caller.join();
    fill(on.lender); // the caller may have had it, or one that was opened since; nobody else
    BOOST_TEST(on.lender.statistics().closings.retired == 1U);
    BOOST_TEST(on.lender.statistics().opened == 2U);
}

BOOST_AUTO_TEST_CASE(a_standby_that_is_promoted) {
    session main;
    main.run("DROP TABLE IF EXISTS notes; " + std::string(notes_schema));
    auto config = server();
    config.host = environment("POSTGRES_REPLICA_HOST");
    config.port = static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_REPLICA_PORT")));
    pool lender(config.connection(), {.max = 3});
    wait_for("the table", [&] {
        return ask(lender.acquire(deadline::in(60s)), "SELECT coalesce(to_regclass('notes')::text, '')") == "notes";
    });
    const auto before = fill(lender);
    BOOST_TEST(ask(lender.acquire(deadline::in(60s)), "SELECT pg_is_in_recovery()::text") == "true");
    for (int i = 0; i < 50; ++i)
        check_state(failure_of([&] { ask(lender.acquire(deadline::in(60s)), writes); }), "25006");
    BOOST_TEST(kept(before, fill(lender)) == 0U);
    BOOST_TEST(lender.statistics().opened <= 3U * 3U); // not all anew for each of the fifty
    ask(lender.acquire(deadline::in(60s)), "SELECT 'x'");
    config.user = environment("PGREPO_TEST_ADMIN_USER");
    config.password = {};
    pool root(config.connection(), {.max = 1});
    BOOST_TEST(ask(root.acquire(deadline::in(60s)), "SELECT pg_promote()::text",
                   {.deadline = deadline::in(60s), .stop = {}}) == "true");
    ask(lender.acquire(deadline::in(60s)), writes);
    BOOST_TEST(fill(lender).size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
