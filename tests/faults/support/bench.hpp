#pragma once

// What the tests of the fault bench share: a database of one's own, reached through a proxy, and what must hold after any
// fault.

#include "../../integration/service_support.hpp"
#include "../../support/sanitized.hpp"
#include "fault_proxy.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace faults {

using namespace service_test;
using pgrepo::deadline;
using pgrepo::postgres_config;
using pgrepo::postgres_service;
using pgrepo::sql;
using pgrepo::transaction;
using pgrepo::unsafe_sql;
using stopwatch = std::chrono::steady_clock;

/// What a deadline may be passed by before a test says so: generous, since the machine is shared and a sanitizer makes copying a
/// large value ten times as long, and yet less than connect_timeout's 2 s. The figure itself is benchmarks/overshoot's.
inline constexpr std::chrono::milliseconds most_overshoot = test::sanitized ? 6s : 1500ms;

struct Note {
    std::int32_t id{};
    std::string text{};
};
inline constexpr const char* notes_schema =
    "CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL); INSERT INTO notes VALUES (1, 'one'), (2, 'two')";

inline upstream the_server() {
    return {environment("POSTGRES_HOST"), static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_PORT")))};
}

inline postgres_config through(const fault_proxy& proxy, postgres_config config) {
    config.host = "127.0.0.1";
    config.port = proxy.port();
    return config;
}

/// A session of a superuser.
inline session administrator(const std::string& database = "postgres") {
    const std::string user = environment("PGREPO_TEST_ADMIN_USER");
    if (user.empty())
        throw std::runtime_error("PGREPO_TEST_ADMIN_USER is not set; run it inside scripts/with-postgres");
    return session(database, "administrator", user);
}

template <class Executor> void add_note(Executor& on, std::int32_t id) {
    on.insert(sql<"INSERT INTO notes VALUES ($1, $2)", "add_note">, id, "text");
}
template <class Executor> std::int32_t one(Executor& on) {
    return on.template select_value<std::int32_t>(sql<"SELECT 1", "one">);
}
template <class Executor> std::int32_t backend(Executor& on) {
    return on.template select_value<std::int32_t>(sql<"SELECT pg_backend_pid()", "backend">);
}

/// A call that must fail, and how long it took; made on any thread (Boost.Test's checks are for one at a time), checked on the
/// test's own.
class timed_failure {
public:
    template <class Function> void take(Function&& function) {
        const auto start = stopwatch::now();
        failure_ = failure_of(std::forward<Function>(function));
        took_ = std::chrono::duration_cast<std::chrono::milliseconds>(stopwatch::now() - start);
    }
    /// The error of a call under a deadline, which it did not outlive by more than what the machine's load costs.
    [[nodiscard]] const pgrepo::error& within(std::chrono::milliseconds limit) const {
        BOOST_TEST_MESSAGE("overshoot " << (took_ - limit).count() << " ms");
        BOOST_TEST((took_ <= limit + most_overshoot), took_.count()
                                                          << " ms where " << limit.count() << " were allowed");
        return failure_.value();
    }

    [[nodiscard]] const pgrepo::error& get() const { return failure_.value(); }
    [[nodiscard]] std::chrono::milliseconds took() const noexcept { return took_; }

private:
    std::optional<pgrepo::error> failure_{};
    std::chrono::milliseconds took_{};
};
template <class Function> pgrepo::error ends_within(std::chrono::milliseconds limit, Function&& function) {
    timed_failure out;
    out.take(std::forward<Function>(function));
    return out.within(limit);
}

inline void check_state(const pgrepo::error& failure, std::string_view state) {
    BOOST_TEST(failure.sqlstate().code() == state, failure.what() << " is not " << state);
}

/// A table of two notes, and a service of one session whose bytes pass a proxy.
struct proxied {
    explicit proxied(std::uint32_t sessions = 1, std::chrono::milliseconds call_timeout = 20s)
        : service(make(sessions, call_timeout)) {}

    database db{notes_schema};
    fault_proxy proxy{the_server()};
    recorder watcher{};
    postgres_service service;
    session look{db.name()};

    /// "1,2" before anything happened.
    std::string notes() { return look.run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes"); }
    /// The service works, its pool holds one session, the server holds no other, and nothing is left open there.
    void check_recovers() {
        proxy.pass();
        BOOST_TEST(one(service) == 1);
        BOOST_TEST(service.connection_info().pool_size == 1U);
        db.wait_for_sessions(1);
        BOOST_TEST(look.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "application_name = 'pgrepo' AND state LIKE 'idle in transaction%'") == "0");
        BOOST_TEST(watcher.take_warnings().empty());
    }
    /// Nothing of the service is left on the server once it is closed. Last of all.
    void check_ends() {
        service.close();
        BOOST_TEST(service.connection_info().pool_size == 0U);
        db.wait_for_sessions(0);
    }

private:
    [[nodiscard]] postgres_config make(std::uint32_t sessions, std::chrono::milliseconds call_timeout) {
        auto config = through(proxy, db.config());
        config.pool_max = sessions;
        config.call_timeout = call_timeout;
        config.observer = &watcher;
        return config;
    }
};

} // namespace faults
