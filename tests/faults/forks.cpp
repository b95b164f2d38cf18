// F40. A child process has the memory of its parent, and the sockets, but neither its threads nor a claim on its sessions.

#include "support/bench.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <sys/wait.h>

using namespace faults;
using pgrepo::error_kind;
using pgrepo::postgres_service;
using pgrepo::sql;
using pgrepo::transaction;

namespace {

/// Runs it in a child; 0 where it returned true. Nothing of the parent's test framework runs there.
int in_child(const std::function<bool()>& body) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(30); // rather than hang for ever
        int code = 1;
        try {
            code = body() ? 0 : 2;
        } catch (...) {
            code = 3;
        }
        ::_exit(code);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

bool refused(const std::function<void()>& call) {
    try {
        call();
    } catch (const pgrepo::error& failure) {
        return failure.kind() == error_kind::usage && failure.message().find("forked") != std::string::npos;
    }
    return false;
}

boost::test_tools::assertion_result a_child_may_have_threads(boost::unit_test::test_unit_id) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    boost::test_tools::assertion_result no(false);
    no.message() << "the thread sanitizer lets no child of a process with threads start one";
    return no;
#endif
#endif
    return true;
}

std::int32_t backend_of(postgres_service& service) {
    return service.select_value<std::int32_t>(sql<"SELECT pg_backend_pid()">);
}

struct fork_fixture {
    database db{"CREATE TABLE notes (id integer PRIMARY KEY)"};
    std::optional<postgres_service> service{std::in_place, db.config()};
    [[nodiscard]] std::int32_t backend() { return backend_of(*service); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(F40)

BOOST_FIXTURE_TEST_CASE(a_child_is_refused_and_hurts_nobody, fork_fixture) {
    const auto pid = backend();
    BOOST_TEST(in_child([&] { return refused([&] { (void)backend(); }); }) == 0);
    BOOST_TEST(backend() == pid); // the same session, in step
}

BOOST_FIXTURE_TEST_CASE(a_child_may_end_what_it_inherited, fork_fixture) {
    const auto pid = backend();
    BOOST_TEST(in_child([&] {
                   service->close();
                   service.reset();
                   return true;
               }) == 0);
    BOOST_TEST(backend() == pid);
}

BOOST_FIXTURE_TEST_CASE(a_child_may_have_a_service_of_its_own, fork_fixture,
                        *boost::unit_test::precondition(a_child_may_have_threads)) {
    const auto pid = backend();
    BOOST_TEST(in_child([&] {
                   const auto mine = [&] {
                       postgres_service own{db.config()};
                       return own.select_value<std::int32_t>(sql<"SELECT pg_backend_pid()">);
                   }();
                   service.reset();
                   return mine != pid;
               }) == 0);
    BOOST_TEST(backend() == pid);
}

BOOST_FIXTURE_TEST_CASE(a_fork_inside_a_transaction_leaves_it_to_the_parent, fork_fixture) {
    service->with_transaction([&](transaction& tx) {
        tx.execute(sql<"INSERT INTO notes VALUES (1)">);
        BOOST_TEST(in_child([&] { return refused([&] { tx.execute(sql<"INSERT INTO notes VALUES (2)">); }); }) == 0);
        BOOST_TEST(in_child([&] {
                       pgrepo::connection_options options = db.config().connection();
                       const auto own = pgrepo::connection::open(options);
                       return own->usable();
                   }) == 0);
        tx.execute(sql<"INSERT INTO notes VALUES (3)">);
    });
    BOOST_TEST(session(db.name()).run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes") == "1,3");
}

BOOST_FIXTURE_TEST_CASE(a_child_that_unwinds_through_the_transaction_rolls_nothing_back, fork_fixture) {
    pid_t child = -1;
    int status = -1;
    try {
        service->with_transaction([&](transaction& tx) {
            tx.execute(sql<"INSERT INTO notes VALUES (1)">);
            child = ::fork();
            if (child == 0) {
                ::alarm(30);
                throw std::runtime_error("the child leaves"); // past the rollback, and the session's return
            }
            ::waitpid(child, &status, 0);
            tx.execute(sql<"INSERT INTO notes VALUES (2)">);
        });
    } catch (const std::runtime_error&) {
        if (child == 0) ::_exit(refused([&] { (void)backend(); }) ? 0 : 2);
        throw;
    }
    BOOST_TEST(child > 0);
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0)); // it was refused, and ended
    BOOST_TEST(session(db.name()).run("SELECT string_agg(id::text, ',' ORDER BY id) FROM notes") == "1,2");
}

// exit() in a child runs what the parent had left for its end: static services and pools among it.
BOOST_AUTO_TEST_CASE(a_child_may_end_as_a_program_does, *boost::unit_test::precondition(a_child_may_have_threads)) {
    database db{"CREATE TABLE notes (id integer PRIMARY KEY)"};
    static std::optional<postgres_service> lasting;
    lasting.emplace(db.config());
    const auto pid = backend_of(*lasting);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(30); // rather than hang for ever
        std::fclose(stdout);
        std::exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST(WIFEXITED(status));
    // A sanitizer looks for leaks there, and holds for one what only threads of the parent's could reach.
    if (!test::sanitized) BOOST_TEST(WEXITSTATUS(status) == 0);
    BOOST_TEST(backend_of(*lasting) == pid);
    lasting.reset();
}

// A session of one's own that was once to be stopped has a thread that keeps its deadlines, which the child has not.
BOOST_FIXTURE_TEST_CASE(a_child_may_end_a_connection_that_can_be_stopped, fork_fixture) {
    auto link = pgrepo::connection::open(db.config().connection());
    std::stop_source stop;
    const auto ask = [&] {
        return link->execute({.text = "SELECT 1", .id = "asks", .prepare = false}, {},
                             pgrepo::call_options{.deadline = pgrepo::deadline::in(20s), .stop = stop.get_token()});
    };
    ask();
    BOOST_TEST(in_child([&] {
                   link.reset();
                   return true;
               }) == 0);
    BOOST_TEST(ask().row_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_borrowed_session_given_back_in_a_child_stays_the_parents, fork_fixture) {
    pgrepo::pool pool(db.config().connection(), {.max = 1});
    {
        auto held = pool.acquire();
        const auto pid = held->backend_pid();
        BOOST_TEST(in_child([&] {
                       held.give_back();
                       return refused([&] { (void)pool.acquire(); });
                   }) == 0);
        BOOST_TEST((held->status() == pgrepo::transaction_status::idle));
        BOOST_TEST(held->backend_pid() == pid);
    }
    BOOST_TEST(bool(pool.acquire()));
    BOOST_TEST(pool.counts().total == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
