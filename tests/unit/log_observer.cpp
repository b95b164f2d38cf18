// What an event looks like in a log: one line, nothing that a terminal obeys, valid JSON, no value.

#include <pgrepo/ops.hpp>
#include <pgrepo/ops/spdlog_log.hpp>

#include <boost/json/src.hpp> // header-only: one more package is not needed
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <spdlog/sinks/ostream_sink.h>
#include <sstream>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using pgrepo::log_format;
using pgrepo::log_level;
using pgrepo::log_options;
using pgrepo::statement_event;

namespace {

class kept_log final : public pgrepo::log_observer {
public:
    using log_observer::log_observer;
    std::vector<std::string> lines{};
    std::vector<log_level> levels{};

    /// The only line; without its time.
    [[nodiscard]] std::string one() {
        BOOST_REQUIRE(lines.size() == 1U);
        return lines.front().substr(lines.front().find(' ') + 1);
    }

protected:
    void write(log_level level, std::string_view line) noexcept override {
        levels.push_back(level);
        lines.emplace_back(line);
    }
};

const pgrepo::oid types[] = {2950, 25};

statement_event found() {
    return {
        .statement = {.text = "SELECT 1 FROM \"users\" WHERE id = $1", .parameter_types = types, .id = "users.find"},
        .rows = 1,
        .queue = 1ms,
        .execute = 2500us,
        .decode = 10us,
        .prepared = true};
}

boost::json::object parsed(const std::string& line) {
    return boost::json::parse(line).as_object(); // throws where it is not JSON
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_observer)

BOOST_AUTO_TEST_CASE(a_statement_is_shown_to_who_develops) {
    kept_log log({.level = log_level::debug});
    log.on_statement(found());
    BOOST_TEST(log.one() ==
               "debug pgrepo statement id=\"users.find\" table=\"users\" verb=\"SELECT\" ms=3.510 queue_ms=1.000 "
               "execute_ms=2.500 decode_ms=0.010 rows=1 parsed=true parameter_types=\"uuid, text\" "
               "sql=\"SELECT 1 FROM \\\"users\\\" WHERE id = $1\"");
    BOOST_TEST(log.lines.front().find('T') == 10U); // 2026-11-28T…
}

BOOST_AUTO_TEST_CASE(and_to_nobody_else) {
    kept_log log;
    log.on_statement(found());
    log.on_acquire({.waited = 1ms});
    log.on_transaction({.outcome = pgrepo::transaction_outcome::committed});
    BOOST_TEST(log.lines.empty());
}

BOOST_AUTO_TEST_CASE(a_failure_shows_the_beginning_of_its_text) {
    kept_log log;
    const pgrepo::error failure({.kind = pgrepo::error_kind::unique_violation,
                                 .message = "duplicate key value violates unique constraint \"users_email_key\"",
                                 .state = pgrepo::sqlstate("23505"),
                                 .detail = "Key (email)=(ada) already exists."}); // was asked for
    auto event = found();
    const std::string sql = "INSERT INTO users " + std::string(300, 'x');
    event.statement.text = sql;
    event.failure = &failure;
    log.on_statement(event);
    const std::string line = log.one();
    BOOST_TEST(line.starts_with("error pgrepo statement id=\"users.find\""));
    BOOST_TEST(line.find("kind=\"unique_violation\" sqlstate=\"23505\" message=\"duplicate key") != std::string::npos);
    BOOST_TEST(line.find("detail=\"Key (email)=(ada) already exists.\"") != std::string::npos);
    BOOST_TEST(line.find("sql=\"" + sql.substr(0, 200) + "...\"") != std::string::npos);
    BOOST_TEST(line.find("rows=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(rows_that_fit_nothing_are_an_error) {
    kept_log log;
    auto event = found();
    event.decode_failed = true;
    log.on_statement(event);
    BOOST_TEST(log.one().find("decode_failed=true") != std::string::npos);
    BOOST_TEST((log.levels.front() == log_level::error));
}

BOOST_AUTO_TEST_CASE(levels) {
    const pgrepo::error failure({.kind = pgrepo::error_kind::commit_unknown, .message = "the session broke"});
    const auto told = [&](log_level level) {
        kept_log log({.level = level});
        log.on_notice({.severity = "NOTICE", .message = "a"});
        log.on_notice({.severity = "WARNING", .message = "b"});
        log.on_connection({.opened = true, .backend_pid = 7, .reason = "opened"});
        log.on_pool({.established = true, .max = 10});
        log.on_warning({.code = "superuser", .message = "c"});
        log.on_acquire({.waited = 1ms, .failure = &failure});
        log.on_transaction({.outcome = pgrepo::transaction_outcome::rolled_back});
        log.on_transaction({.outcome = pgrepo::transaction_outcome::unknown, .failure = &failure});
        return log.lines.size();
    };
    BOOST_TEST(told(log_level::debug) == 8U);
    BOOST_TEST(told(log_level::info) == 8U);
    BOOST_TEST(told(log_level::warning) == 4U);
    BOOST_TEST(told(log_level::error) == 2U);
    BOOST_TEST(told(log_level::off) == 0U);
}

BOOST_AUTO_TEST_CASE(one_line_that_no_terminal_obeys) {
    static constexpr char bytes[] = "a\nb\r\t\x1b[31m\x7f\xc2\x9b"
                                    "2J\"\\\0z\xff\xfe\xc3\xa9\xed\xa0\x80";
    const std::string hostile(bytes, sizeof bytes - 1);
    for (const auto format : {log_format::line, log_format::json}) {
        kept_log log({.format = format});
        log.on_warning({.code = "x", .message = hostile});
        BOOST_REQUIRE(log.lines.size() == 1U);
        for (const char c : log.lines.front()) BOOST_TEST((static_cast<unsigned char>(c) >= 0x20U && c != 0x7f));
        BOOST_TEST(log.lines.front().find("\xc2\x9b") == std::string::npos);
        BOOST_TEST(log.lines.front().find("\xc3\xa9") != std::string::npos); // é is a letter
        if (format == log_format::json) BOOST_TEST(parsed(log.lines.front()).contains("message"));
    }
}

BOOST_AUTO_TEST_CASE(json_has_the_same_fields) {
    kept_log log({.level = log_level::debug, .format = log_format::json});
    log.on_statement(found());
    const auto line = parsed(log.lines.front());
    BOOST_TEST(line.at("event").as_string() == "statement");
    BOOST_TEST(line.at("level").as_string() == "debug");
    BOOST_TEST(line.at("id").as_string() == "users.find");
    BOOST_TEST(line.at("rows").to_number<int>() == 1);
    BOOST_TEST(line.at("execute_ms").to_number<double>() == 2.5);
    BOOST_TEST(line.at("sql").as_string() == "SELECT 1 FROM \"users\" WHERE id = $1");
}

BOOST_AUTO_TEST_CASE(spdlog_gets_each_line_at_its_level) {
    std::ostringstream out;
    auto logger = std::make_shared<spdlog::logger>("pgrepo", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
    logger->set_pattern("%l|%v");
    pgrepo::spdlog_log log(logger);
    log.on_warning({.code = "superuser", .message = "100 {} %"}); // nothing in it is a format
    log.on_statement(found());
    BOOST_TEST(out.str().starts_with("warning|"));
    BOOST_TEST(out.str().ends_with("code=\"superuser\" message=\"100 {} %\"\n"));
}

BOOST_AUTO_TEST_CASE(a_long_text_is_cut_between_characters) {
    kept_log log;
    std::string message(999, 'x');
    message += "\xc3\xa9 and more";
    log.on_warning({.code = "x", .message = message});
    BOOST_TEST(log.one().ends_with("xxx...\""));
}

BOOST_AUTO_TEST_SUITE_END()
