// Servers that crash, stop, shut down, are full or out of disk space: F4 to F7, F19, F20. Each test has its own.

#include "support/bench.hpp"
#include "support/private_server.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <mutex>
#include <set>
#include <sys/mount.h>
#include <sys/stat.h>

using namespace faults;

namespace {

/// A server of one's own with the table of notes, and a service on it.
struct victim {
    explicit victim(std::uint32_t sessions, std::chrono::milliseconds call_timeout = 20s,
                    std::chrono::milliseconds acquire_timeout = 60s) {
        session().run("DROP TABLE IF EXISTS notes; " + std::string(notes_schema));
        auto config = server();
        config.pool_max = sessions;
        config.call_timeout = call_timeout;
        config.acquire_timeout = acquire_timeout;
        config.observer = &watcher;
        service.emplace(config);
    }

    private_server& postgres = private_server::instance();
    recorder watcher{};
    std::optional<postgres_service> service{};

    std::string ask(const std::string& text) { return session().run(text); }
    int sessions() { return std::stoi(ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrepo'")); }
    void wait_for_sleepers(int count) {
        wait_for("sleepers", [&] {
            return std::stoi(ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrepo' AND "
                                 "wait_event = 'PgSleep'")) == count;
        });
    }
    /// Opens that many sessions and gives them back.
    std::vector<int> fill(std::size_t count) {
        std::vector<int> pids(count);
        std::vector<std::thread> callers;
        std::barrier together(static_cast<std::ptrdiff_t>(count));
        for (std::size_t i = 0; i < count; ++i)
            callers.emplace_back([&, i] {
                service->with_transaction([&](transaction& tx) {
                    pids[i] = backend(tx);
                    together.arrive_and_wait();
                });
            });
        for (auto& caller : callers) caller.join();
        return pids;
    }
};

/// What a call may be told while the server is away; nothing else.
void check_away(const pgrepo::error& failure) {
    const bool kind = failure.kind() == error_kind::connection_lost || failure.kind() == error_kind::connect_failed ||
                      failure.kind() == error_kind::commit_unknown;
    const auto state = failure.sqlstate();
    const bool said = state.empty() || state == "57P01" || state == "57P02" || state == "57P03";
    BOOST_TEST((kind && said), failure.what());
}

/// Calls until one succeeds; what they are told meanwhile is checked.
void until_it_answers(victim& on) {
    wait_for("an answer", [&] {
        const auto asked = pgrepo::try_([&] { return one(*on.service); });
        if (!asked) check_away(asked.error());
        return asked.has_value();
    });
}

/// Writers that put a note each, over and over, while something happens to the server; then what they were told is held
/// against what is there.
class ledger {
public:
    explicit ledger(postgres_service& service) {
        for (std::int32_t t = 0; t < 4; ++t)
            writers_.emplace_back([this, &service, t] { write(service, 1000 * (t + 1) * 1000); });
    }
    ~ledger() { stop(); }
    ledger(const ledger&) = delete;
    ledger& operator=(const ledger&) = delete;

    void wait_for_writes(std::size_t more) {
        const std::size_t wanted = written_ + more;
        wait_for("writes", [&] { return written_ >= wanted; });
    }
    /// More failures than these: what was done to the server has been felt.
    void wait_for_failures(std::size_t more_than) {
        wait_for("failures", [&] { return failures() > more_than; });
    }
    [[nodiscard]] std::size_t failures() {
        const std::lock_guard lock(mutex_);
        return failures_.size();
    }
    void stop() {
        stop_ = true;
        for (auto& writer : writers_)
            if (writer.joinable()) writer.join();
    }
    void check(victim& on) {
        stop();
        until_it_answers(on);
        std::set<std::int32_t> there;
        for (const Note& note : on.service->select<Note>(sql<"SELECT id, text FROM notes WHERE id > 1000">))
            there.insert(note.id);
        std::size_t lost = 0, made_up = 0;
        for (const std::int32_t id : kept_) lost += there.contains(id) ? 0U : 1U;
        for (const std::int32_t id : there) made_up += kept_.contains(id) || unknown_.contains(id) ? 0U : 1U;
        BOOST_TEST(lost == 0U);
        BOOST_TEST(made_up == 0U);
        BOOST_TEST(failures_.size() > 0U); // it was felt
        for (const auto& failure : failures_) check_away(failure);
    }

private:
    void write(postgres_service& service, std::int32_t id) {
        while (!stop_) {
            ++id;
            try {
                if (id % 2 == 0)
                    add_note(service, id);
                else
                    service.with_transaction([&](transaction& tx) { add_note(tx, id); });
                const std::lock_guard lock(mutex_);
                kept_.insert(id);
                ++written_;
            } catch (const pgrepo::error& failure) {
                const std::lock_guard lock(mutex_);
                failures_.push_back(failure);
                // Only these may have been kept; whatever else a call says, nothing was.
                if (failure.kind() == error_kind::commit_unknown ||
                    (failure.kind() == error_kind::connection_lost && id % 2 == 0))
                    unknown_.insert(id);
            }
        }
    }

    std::atomic<bool> stop_{false};
    std::atomic<std::size_t> written_{0};
    std::mutex mutex_{};
    std::set<std::int32_t> kept_{}, unknown_{};
    std::vector<pgrepo::error> failures_{};
    std::vector<std::thread> writers_{};
};

/// A call that is under way, on a thread of its own.
class sleeper {
public:
    explicit sleeper(postgres_service& service)
        : thread_([this, &service] {
              failure_ = failure_of([&] { service.execute(sql<"SELECT pg_sleep(60)", "sleeps">); });
          }) {}
    pgrepo::error end() {
        thread_.join();
        return failure_.value();
    }

private:
    std::optional<pgrepo::error> failure_{};
    std::thread thread_;
};

void shutdown_and_restart(int signal) {
    victim on(4);
    on.fill(4);
    sleeper busy(*on.service);
    on.wait_for_sleepers(1);
    on.postgres.stop(signal);
    const auto failure = busy.end();
    check_kind(failure, error_kind::connection_lost);
    // An immediate shutdown says it as a warning only; it is the reason all the same.
    const auto state = failure.sqlstate();
    BOOST_TEST((state == "57P01" || state == "57P02"), failure.what());
    BOOST_TEST(failure.statement_id() == "sleeps");
    // While nothing is there each call is told so at once, and the idle sessions are not used.
    std::this_thread::sleep_for(25ms);
    for (int i = 0; i < 5; ++i) {
        const auto away = ends_within(0ms, [&] { one(*on.service); });
        check_kind(away, error_kind::connect_failed);
        check_says(away, "check");
    }
    BOOST_TEST(!on.service->is_connected());
    BOOST_TEST(on.service->connection_info().pool_size == 0U);
    on.postgres.start();
    // The next attempt is due within a second, and its caller is let wait for it.
    const auto start = stopwatch::now();
    wait_for("the first call", [&] { return pgrepo::try_([&] { return one(*on.service); }).has_value(); });
    BOOST_TEST((stopwatch::now() - start < 1s + most_overshoot));
    on.fill(4);
    BOOST_TEST(on.sessions() == 4);
    BOOST_TEST(on.ask("SELECT count(*) FROM notes") == "2");
    BOOST_TEST(on.watcher.take_warnings().empty());
}

void shutdown_under_load(int signal) {
    victim on(4);
    ledger book(*on.service);
    for (int i = 0; i < 2; ++i) {
        book.wait_for_writes(50);
        on.postgres.stop(signal);
        on.postgres.start();
    }
    book.wait_for_writes(50);
    book.check(on);
    BOOST_TEST(on.sessions() <= 4);
}

} // namespace

// ---- F4: one backend is killed, and the server takes all others along

BOOST_AUTO_TEST_SUITE(F04)

BOOST_AUTO_TEST_CASE(all_sessions_die_and_the_pool_fills_again) {
    victim on(4);
    for (int round = 0; round < 2; ++round) {
        const auto before = on.fill(4);
        sleeper busy(*on.service);
        on.wait_for_sleepers(1);
        const int other = backend(*on.service); // an idle one
        BOOST_TEST(::kill(other, SIGKILL) == 0);
        check_away(busy.end());
        until_it_answers(on);
        const auto after = on.fill(4);
        for (const int pid : after) BOOST_TEST(std::ranges::count(before, pid) == 0); // not one survived
        wait_for("the sessions", [&] { return on.sessions() == 4; });
        BOOST_TEST(on.ask("SELECT count(*) FROM notes") == "2");
    }
}

BOOST_AUTO_TEST_CASE(under_load_nothing_acknowledged_is_lost) {
    victim on(4);
    ledger book(*on.service);
    for (int i = 0; i < 2; ++i) {
        book.wait_for_writes(50);
        int pid = 0;
        wait_for("a session", [&] { // ours may just have been ended
            const auto asked = pgrepo::try_([&] { return backend(*on.service); });
            if (asked) pid = *asked;
            return asked.has_value();
        });
        const std::size_t before = book.failures();
        BOOST_TEST(::kill(pid, SIGKILL) == 0);
        book.wait_for_failures(before);
    }
    book.wait_for_writes(50);
    book.check(on);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F5: a backend stands still

BOOST_AUTO_TEST_SUITE(F05)

BOOST_AUTO_TEST_CASE(the_deadline_ends_the_wait_and_the_place_is_free) {
    victim on(1);
    for (int i = 0; i < 10; ++i) {
        const int pid = backend(*on.service);
        BOOST_TEST(::kill(pid, SIGSTOP) == 0);
        wait_for("it to stand still", [&] { return state_of_process(pid) == 'T'; });
        auto view = on.service->with({.deadline = deadline::in(100ms)});
        const auto failure = ends_within(100ms, [&] { add_note(view, 3 + i); });
        check_kind(failure, error_kind::deadline_exceeded);
        BOOST_TEST(on.service->connection_info().pool_size == 0U);
        BOOST_TEST(backend(*on.service) != pid); // though that one still stands
        BOOST_TEST(state_of_process(pid) == 'T');
        BOOST_TEST(::kill(pid, SIGCONT) == 0);
        wait_for("its end", [&] { return on.sessions() == 1; });
    }
}

BOOST_AUTO_TEST_CASE(in_a_transaction_nothing_is_kept) {
    victim on(1, 200ms);
    int pid = 0;
    const auto failure = failure_of([&] {
        on.service->with_transaction([&](transaction& tx) {
            pid = backend(tx);
            add_note(tx, 3);
            BOOST_TEST(::kill(pid, SIGSTOP) == 0);
            wait_for("it to stand still", [&] { return state_of_process(pid) == 'T'; });
            check_kind(ends_within(200ms, [&] { add_note(tx, 4); }), error_kind::deadline_exceeded);
            const auto start = stopwatch::now();
            check_kind(failure_of([&] { add_note(tx, 5); }), error_kind::transaction_aborted);
            BOOST_TEST((stopwatch::now() - start < most_overshoot)); // at once
        });
    });
    check_kind(failure, error_kind::transaction_aborted);
    BOOST_TEST(::kill(pid, SIGCONT) == 0);
    wait_for("its end", [&] { return on.sessions() == 0; });
    BOOST_TEST(on.ask("SELECT count(*) FROM notes") == "2");
    BOOST_TEST(one(*on.service) == 1);
}

BOOST_AUTO_TEST_CASE(a_postmaster_that_stands_still_opens_no_session) {
    victim on(2);
    one(*on.service);
    const int postmaster = std::stoi(environment("PGREPO_POSTGRES_PID"));
    BOOST_TEST(::kill(postmaster, SIGSTOP) == 0);
    wait_for("it to stand still", [&] { return state_of_process(postmaster) == 'T'; });
    BOOST_TEST(one(*on.service) == 1); // sessions that are open go on
    std::optional<pgrepo::error> failure;
    on.service->with_transaction([&](transaction& tx) {
        one(tx); // holds the only session
        auto view = on.service->with({.deadline = deadline::in(200ms)});
        failure = ends_within(200ms, [&] { one(view); });
    });
    BOOST_TEST(::kill(postmaster, SIGCONT) == 0);
    check_kind(failure.value(), error_kind::deadline_exceeded);
    on.fill(2);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F6: a fast shutdown and a start

BOOST_AUTO_TEST_SUITE(F06)

BOOST_AUTO_TEST_CASE(calls_are_told_and_the_first_one_after_it_succeeds) {
    shutdown_and_restart(SIGINT);
}
BOOST_AUTO_TEST_CASE(under_load_nothing_acknowledged_is_lost) {
    shutdown_under_load(SIGINT);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F7: an immediate shutdown

BOOST_AUTO_TEST_SUITE(F07)

BOOST_AUTO_TEST_CASE(the_reason_is_known_though_it_comes_as_a_warning) {
    shutdown_and_restart(SIGQUIT);
}
BOOST_AUTO_TEST_CASE(under_load_nothing_acknowledged_is_lost) {
    shutdown_under_load(SIGQUIT);
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F19: too many clients; the server lets seven in beside the superusers

BOOST_AUTO_TEST_SUITE(F19)

BOOST_AUTO_TEST_CASE(the_server_is_full_and_says_so) {
    // Four seconds: somebody else's session may be in the way at first, and it is tried again after a second or two.
    victim on(12, 20s, 4s);
    BOOST_REQUIRE(on.ask("SELECT current_setting('max_connections')") == "10");
    std::barrier together(12);
    std::atomic<int> served{0}, refused{0};
    std::mutex mutex;
    std::vector<pgrepo::error> failures;
    std::vector<std::thread> callers;
    for (int i = 0; i < 12; ++i)
        callers.emplace_back([&] {
            bool waited = false;
            try {
                on.service->with_transaction([&](transaction& tx) {
                    one(tx);
                    ++served;
                    waited = true;
                    together.arrive_and_wait(); // nobody gives back before everybody has asked
                });
            } catch (const pgrepo::error& failure) {
                {
                    const std::lock_guard lock(mutex);
                    failures.push_back(failure);
                }
                ++refused;
                if (!waited) together.arrive_and_wait();
            }
        });
    for (auto& caller : callers) caller.join();
    BOOST_TEST(served == 7);
    BOOST_TEST(refused == 5);
    // One of the seven might have come back in time, so they waited for that; and are told why there are no more than seven.
    for (const auto& failure : failures) {
        check_kind(failure, error_kind::pool_exhausted);
        check_state(failure, "53300");
        check_says(failure, "7 borrowed");
        check_says(failure, "no connection left");
        check_says(failure, "max_connections");
    }
    // Those that are open are kept and used; one more fails again, and leaves no place taken.
    const auto check_kept = [&] { // an attempt that is under way has a place of its own until it fails
        wait_for("no attempt", [&] { return on.service->pool().counts().opening == 0; });
        BOOST_TEST(on.service->connection_info().pool_size == 7U);
    };
    check_kept();
    for (int i = 0; i < 20; ++i) BOOST_TEST(one(*on.service) == 1);
    check_kept();
    session root = administrator();
    BOOST_TEST(root.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrepo'") == "7");
    BOOST_TEST(on.watcher.take_warnings().empty());
    on.service.reset();
    wait_for("the sessions' end", [&] {
        return root.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrepo'") == "0";
    });
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F20: the disk is full

BOOST_AUTO_TEST_SUITE(F20)

BOOST_AUTO_TEST_CASE(it_is_typed_and_the_session_is_kept) {
    victim on(1);
    // In a mount namespace of the test's own, which the server shares.
    const std::string place = environment("POSTGRES_HOST") + "/small";
    BOOST_REQUIRE(::mkdir(place.c_str(), 0700) == 0);
    const std::string options = "size=4m,mode=0700,uid=" + std::to_string(on.postgres.user());
    BOOST_REQUIRE(::mount("tmpfs", place.c_str(), "tmpfs", 0, options.c_str()) == 0);
    // A directory that is a mount cannot be removed, and the server has files open in this one.
    const auto detach = [](const std::string* mounted) { ::umount2(mounted->c_str(), MNT_DETACH); };
    const std::unique_ptr<const std::string, decltype(detach)> mounted(&place, detach);
    administrator().run("CREATE TABLESPACE small LOCATION '" + place + "'");
    administrator().run("GRANT CREATE ON TABLESPACE small TO PUBLIC");
    on.ask("CREATE TABLE filler (id integer, text text) TABLESPACE small");
    const int pid = backend(*on.service);
    constexpr auto fill =
        sql<"INSERT INTO filler SELECT n, repeat('x', 1000) FROM generate_series(1, 10000) n", "fill">;
    for (int i = 0; i < 3; ++i) {
        const auto failure = failure_of([&] { on.service->insert(fill); });
        check_kind(failure, error_kind::server);
        check_state(failure, "53100");
        check_says(failure, "disk is full");
        BOOST_TEST(on.ask("SELECT count(*) FROM filler") == "0");
        BOOST_TEST(backend(*on.service) == pid); // kept
    }
    const auto failure = failure_of([&] {
        on.service->with_transaction([&](transaction& tx) {
            add_note(tx, 3);
            tx.insert(fill);
        });
    });
    check_state(failure, "53100");
    BOOST_TEST(on.ask("SELECT count(*) FROM notes") == "2");
    on.ask("DROP TABLE filler"); // there is room again
    on.ask("CREATE TABLE filler (id integer, text text) TABLESPACE small");
    on.service->insert(sql<"INSERT INTO filler VALUES (1, 'x')">);
    BOOST_TEST(backend(*on.service) == pid);
}

BOOST_AUTO_TEST_SUITE_END()
