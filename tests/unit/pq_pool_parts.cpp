// Parts of the pool that need no server: what a statement leaves behind, when a server is tried again, percentiles.

#include <pgrepo/pq/pool_outage.hpp>
#include <pgrepo/pq/random_share.hpp>
#include <pgrepo/pq/session_traces.hpp>
#include <pgrepo/pq/time_histogram.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace pgrepo::detail;

namespace {

pgrepo::deadline::clock::time_point deadline_start() {
    return pgrepo::deadline::clock::now();
}

pgrepo::error failure(pgrepo::error_kind kind, const char* state = "", bool lasting = false) {
    return pgrepo::error(
        pgrepo::error_details{.kind = kind, .message = "why", .state = pgrepo::sqlstate(state), .lasting = lasting});
}

} // namespace

BOOST_AUTO_TEST_SUITE(pq_pool_parts)

// ---- what a statement leaves behind

BOOST_AUTO_TEST_CASE(statements_that_leave_something) {
    const struct {
        const char* text;
        session_traces left;
    } table[] = {
        {"SET search_path = other", settings_trace},
        {"set role auditor", settings_trace},
        {"-- first\n /* then */ SET statement_timeout = 1", settings_trace},
        {"SET SESSION AUTHORIZATION x", settings_trace},
        {"SELECT set_config('search_path', $1, false)", settings_trace},
        {"SELECT set_config('a', 'b', $2)", settings_trace},
        {"SELECT pg_catalog.SET_CONFIG('a', 'true', false)", settings_trace},
        {"LISTEN news", listen_trace},
        {"CREATE TEMP TABLE t (id int)", temporary_trace},
        {"create temporary view v as select 1", temporary_trace},
        {"CREATE LOCAL TEMPORARY TABLE t (id int)", temporary_trace},
        {"CREATE OR REPLACE TEMP VIEW v AS SELECT 1", temporary_trace},
        {"SELECT 1 INTO TEMP t", temporary_trace},
        {"CREATE TABLE pg_temp.t (id int)", temporary_trace},
        {"SELECT pg_advisory_lock($1)", lock_trace},
        {"SELECT pg_try_advisory_lock_shared(1, 2)", lock_trace},
        {"DECLARE c CURSOR WITH HOLD FOR SELECT 1", cursor_trace},
        {"LOAD 'auto_explain'", lasting_trace},
        {"PREPARE p AS SELECT 1", lasting_trace},
        {"DO $$ BEGIN SET search_path = other; END $$", block_trace},
        {"-- x\ndo LANGUAGE plpgsql 'BEGIN END'", block_trace},
        {"DO $$ BEGIN PERFORM pg_advisory_lock(1); END $$", block_trace | lock_trace},
        {"DO $$ BEGIN CREATE TEMP TABLE t (id int) ON COMMIT DROP; END $$", block_trace | temporary_trace},
        {"CREATE TEMP TABLE t (id int) ON COMMIT DELETE ROWS", temporary_trace},
        {"CREATE TEMP TABLE t AS SELECT commit, drop FROM words", temporary_trace},
        {"CREATE TEMP TABLE t AS SELECT 'on commit drop'", temporary_trace},
        {"CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql AS $$ CREATE TEMP TABLE x (i int) ON COMMIT DROP $$",
         temporary_trace},
        {"SELECT set_config('app.tenant', $1, $2)", settings_trace},
        {"SELECT pg_advisory_lock(1), set_config('a', 'b', false)", lock_trace | settings_trace},
    };
    for (const auto& row : table) BOOST_TEST(int{traces_of(row.text)} == int{row.left}, row.text);
}

BOOST_AUTO_TEST_CASE(statements_that_leave_nothing) {
    for (const char* text : {
             "",
             "SELECT 1",
             "UPDATE users SET name = $1",
             "SELECT temp FROM weather",
             "INSERT INTO temporary_files VALUES ($1)",
             "SELECT temporary, load, listen FROM words",
             "SET LOCAL search_path = other",
             "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
             "SET CONSTRAINTS ALL DEFERRED",
             "SELECT set_config('app.tenant', $1, true)",
             "SELECT set_config('app.tenant', $1 || 'it''s)', true )",
             "SELECT pg_advisory_xact_lock($1)",
             "SELECT pg_advisory_unlock($1)",
             "PREPARE TRANSACTION 'x'",
             "CREATE TEMP TABLE t (id int) ON COMMIT DROP",
             "create temporary table t on commit drop as select 1",
             "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
             "CALL procedure()",
             "DECLARE c CURSOR FOR SELECT 1",
             "/* SET x",
             "--",
             "\xc3\xa4",
         })
        BOOST_TEST(int{traces_of(text)} == 0, text);
}

// ---- what is refused where the session is not ours

BOOST_AUTO_TEST_CASE(statements_that_need_a_session) {
    const struct {
        const char* text;
        session_traces needs;
    } table[] = {
        {"SET work_mem = '5MB'", settings_trace},
        {"/* x */ set role auditor", settings_trace},
        {"SELECT 'a', set_config('a', 'b', false)", settings_trace},
        {"SELECT set_config ('a', 'b', $2)", settings_trace},
        {"LISTEN news", listen_trace},
        {"PREPARE p AS SELECT 1", lasting_trace},
        {"LOAD 'auto_explain'", lasting_trace},
        {"CREATE TEMP TABLE t (id int)", temporary_trace},
        {"create or replace local temporary view v as select 1", temporary_trace},
        {"CREATE TABLE pg_temp.t (id int)", temporary_trace},
        {"WITH a AS (SELECT 1) SELECT * INTO TEMP t FROM a", temporary_trace},
        {"CREATE TEMP TABLE t AS SELECT 'on commit drop'", temporary_trace},
        {"SELECT E'it\\'s', pg_advisory_lock(1)", lock_trace},
        {"SELECT pg_try_advisory_lock_shared(1)", lock_trace},
        {"DECLARE c CURSOR WITH HOLD FOR SELECT 1", cursor_trace},
    };
    for (const auto& row : table) {
        BOOST_TEST(int{outside_literals(row.text).needs} == int{row.needs}, row.text);
        BOOST_TEST((traces_of(row.text) & row.needs) == row.needs, row.text); // which finds at least as much
    }
}

BOOST_AUTO_TEST_CASE(statements_that_need_none) {
    for (const char* text : {
             "",
             "SELECT 1",
             "SET LOCAL work_mem = '5MB'",
             "SET CONSTRAINTS ALL DEFERRED",
             "PREPARE TRANSACTION 'x'",
             "SELECT set_config('search_path', 'app, pg_temp', true)",
             "SELECT set_config('a',\r\n 'b',\r\n true\r\n)",
             "CREATE FUNCTION f() RETURNS void LANGUAGE sql SET search_path = app, pg_temp AS $$SELECT 1$$",
             "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $body$ SELECT pg_advisory_lock(1) $body$",
             "ALTER FUNCTION f() SET search_path = app, pg_temp",
             "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_temp%'",
             "INSERT INTO temp VALUES ($1)",
             "SELECT replace(temp, ',', '.') FROM readings",
             "CREATE TABLE readings (id int, temp float8)",
             "CREATE TEMP TABLE t (id int) ON COMMIT DROP",
             "DO $$ BEGIN CREATE TEMP TABLE t (id int) ON COMMIT DROP; PERFORM pg_advisory_lock(1); END $$",
             "WITH hold AS (SELECT 1) SELECT * FROM hold",
             "SELECT 'SET x', 'it''s pg_advisory_lock(1)', \"set_config\" FROM t",
             "SELECT pg_advisory_lock FROM columns_of_that_name",
             "-- LISTEN\nSELECT pg_advisory_xact_lock(1)",
             "SELECT $1, $2 /* set_config(1) */",
             "SELECT 'unterminated",
             "SELECT $tag$ unterminated",
         })
        BOOST_TEST(int{outside_literals(text).needs} == 0, text);
}

// ---- an outage

BOOST_AUTO_TEST_CASE(what_may_pass_is_tried_at_most_twice_a_second_and_at_least_once) {
    pool_outage outage;
    BOOST_TEST(!outage.lasts());
    auto now = deadline_start();
    std::vector<double> pauses;
    for (int i = 0; i < 200; ++i) {
        outage.note(failure(pgrepo::error_kind::connect_failed, i % 2 == 0 ? "" : "57P03"), now);
        BOOST_TEST(outage.lasts());
        BOOST_TEST(!outage.permanent());
        const auto pause = outage.next_attempt() - now;
        BOOST_TEST((pause >= 500ms && pause <= 900ms));
        pauses.push_back(std::chrono::duration<double>(pause).count());
        BOOST_TEST(outage.tells_at(now, false));
        BOOST_TEST(!outage.tells_at(outage.next_attempt(), false)); // then a caller makes the attempt
        BOOST_TEST(outage.tells_at(outage.next_attempt(), true));   // and others are told meanwhile
        BOOST_TEST(!outage.tells_at(now + 10s, true));              // but not what was long ago
        now = outage.next_attempt();
    }
    BOOST_TEST(*std::ranges::max_element(pauses) - *std::ranges::min_element(pauses) > 0.2); // not all at once
    outage.end();
    BOOST_TEST(!outage.lasts());
    BOOST_TEST(!outage.tells_at(now, true));
}

BOOST_AUTO_TEST_CASE(what_somebody_must_mend_is_tried_more_and_more_rarely) {
    using enum pgrepo::error_kind;
    const struct {
        pgrepo::error_kind kind;
        const char* state;
        bool permanent;
    } table[] = {
        {authentication_failed, "28P01", true},
        {connect_failed, "3D000", true},
        {connect_failed, "", true}, // a certificate
        {configuration, "", true},
        {connect_failed, "53300", false},
    };
    for (const auto& row : table) {
        pool_outage outage;
        auto now = deadline_start();
        double most = 1;
        for (int i = 0; i < 10; ++i) {
            outage.note(failure(row.kind, row.state, row.permanent), now);
            BOOST_TEST(outage.permanent() == row.permanent);
            const double pause = std::chrono::duration<double>(outage.next_attempt() - now).count();
            BOOST_TEST(pause >= most / 2 - 0.001);
            BOOST_TEST(pause <= most + 0.001);
            most = std::min(most * 2, 30.0);
            now = outage.next_attempt();
        }
        outage.end();
        outage.note(failure(row.kind, row.state, row.permanent), now);
        BOOST_TEST((outage.next_attempt() - now <= 1s)); // begins anew
    }
}

// An administrator ended the session that was being opened, not the server.
BOOST_AUTO_TEST_CASE(a_session_that_is_ended_while_it_is_opened_is_no_outage_until_the_second) {
    const auto now = deadline_start();
    const auto ended = failure(pgrepo::error_kind::connect_failed, "57P01");
    pool_outage outage;
    outage.note(ended, now);
    BOOST_TEST(!outage.lasts());
    outage.note(ended, now);
    BOOST_TEST(outage.lasts());
    BOOST_TEST((outage.next_attempt() > now));
    outage.end(); // one was opened
    outage.note(ended, now);
    BOOST_TEST(!outage.lasts());
    outage.note(failure(pgrepo::error_kind::connect_failed, ""), now);
    BOOST_TEST(outage.lasts());
    outage.note(ended, now); // nothing is excused while one lasts
    BOOST_TEST(outage.lasts());
}

BOOST_AUTO_TEST_CASE(the_cause_is_told_with_its_age) {
    pool_outage outage;
    const auto now = deadline_start();
    outage.note(failure(pgrepo::error_kind::connect_failed, "57P03"), now);
    BOOST_TEST(outage.told(now).message == "why");
    const auto later = outage.told(now + 120ms);
    BOOST_TEST((later.kind == pgrepo::error_kind::connect_failed));
    BOOST_TEST(later.state.code() == "57P03");
    BOOST_TEST(later.message.find("why (tried 120 ms ago, not again for ") == 0U, later.message);
    BOOST_TEST(outage.told(now + 5s).message == "why (tried 5000 ms ago)");
}

// ---- percentiles

BOOST_AUTO_TEST_CASE(percentiles_are_exact_to_an_eighth) {
    time_histogram times;
    BOOST_TEST(times.percentiles().count == 0U);
    BOOST_TEST(times.percentiles().p99.count() == 0);
    for (int i = 1; i <= 100000; ++i) times.add(std::chrono::nanoseconds(i * 10));
    const auto out = times.percentiles();
    BOOST_TEST(out.count == 100000U);
    BOOST_TEST(out.max.count() == 1000000);
    const auto near = [](std::chrono::nanoseconds got, double wanted) {
        return static_cast<double>(got.count()) >= wanted * 0.999 && static_cast<double>(got.count()) <= wanted * 1.13;
    };
    BOOST_TEST(near(out.p50, 500000), out.p50.count());
    BOOST_TEST(near(out.p95, 950000), out.p95.count());
    BOOST_TEST(near(out.p99, 990000), out.p99.count());
}

BOOST_AUTO_TEST_CASE(times_of_any_size_have_a_place) {
    for (const std::int64_t each :
         {std::int64_t{-5}, std::int64_t{0}, std::int64_t{1}, std::int64_t{7}, std::int64_t{8}, std::int64_t{15},
          std::int64_t{16}, std::int64_t{1} << 40, INT64_MAX}) {
        time_histogram times;
        times.add(std::chrono::nanoseconds(each));
        BOOST_TEST(times.percentiles().p50.count() == std::max<std::int64_t>(each, 0));
        BOOST_TEST(times.percentiles().max.count() == std::max<std::int64_t>(each, 0));
    }
}

BOOST_AUTO_TEST_CASE(those_that_took_no_time_count) {
    time_histogram times;
    times.add(1ms);
    BOOST_TEST(times.percentiles(98).p95.count() == 0);
    BOOST_TEST((times.percentiles(98).max == 1ms));
    BOOST_TEST(times.percentiles(98).count == 99U);
    BOOST_TEST((times.percentiles(9).p95 == 1ms));
}

BOOST_AUTO_TEST_CASE(random_shares_are_spread) {
    int below[4]{};
    for (int i = 0; i < 4000; ++i) {
        const double share = random_share();
        BOOST_TEST_REQUIRE(share >= 0.0);
        BOOST_TEST_REQUIRE(share < 1.0);
        ++below[static_cast<int>(share * 4)];
    }
    for (const int each : below) BOOST_TEST(each > 600);
}

BOOST_AUTO_TEST_SUITE_END()
