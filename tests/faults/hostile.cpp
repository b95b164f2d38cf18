// Servers that are not what they say: F15, F57. A script plays each; nothing here needs PostgreSQL.

#include "support/bench.hpp"
#include "support/fake_server.hpp"

#include <pgrepo/pq/pool.hpp>

#include <poll.h>

#include <fstream>

using namespace faults;
using wire::column;
using wire::complaint;
using wire::greeting;
using wire::message;
using wire::number;
using wire::ready;
using wire::small_number;
using wire::tag;

namespace {

const std::string parsed_and_bound = message('1', "") + message('2', "");
const std::string two_columns = message('T', small_number(2) + column("id", 23) + column("text", 25)); // int4, text
std::string cell(const std::string& bytes) {
    return number(static_cast<std::uint32_t>(bytes.size())) + bytes;
}
const std::string one_row = message('D', small_number(2) + cell(number(7)) + cell("seven"));
const std::string good_answer = parsed_and_bound + two_columns + one_row + tag("SELECT 1") + ready;
std::string announced(char type, std::uint32_t length, const std::string& body) {
    return type + number(length) + body;
}

postgres_config config_of(const wire::fake& server, std::chrono::milliseconds call_timeout) {
    postgres_config config;
    config.host = "127.0.0.1";
    config.port = server.port();
    config.user = "ada";
    config.password = pgrepo::secret("pw-Canary_7!x");
    config.database = "shop";
    config.connect_timeout = call_timeout;
    config.call_timeout = call_timeout;
    return config;
}

std::vector<Note> read_notes(pgrepo::connection& link) {
    const pgrepo::statement_ref statement{.text = "SELECT id, text FROM notes", .id = "read", .prepare = false};
    const auto rows = link.execute(statement, {});
    std::vector<Note> out;
    for (int i = 0; i < rows.row_count(); ++i) {
        const auto id = rows.cell_at(i, 0);
        const auto text = rows.cell_at(i, 1);
        if (rows.column_count() != 2 || rows.column_type(0) != 23 || rows.column_type(1) != 25 || id.size() != 4)
            throw pgrepo::error({.kind = error_kind::decode, .message = "as floor 4 would say"});
        out.push_back({.id = id.bytes()[3], .text = std::string(text.bytes())});
    }
    return out;
}

/// Bytes of this process that are in memory.
std::size_t resident() {
    std::ifstream in("/proc/self/statm");
    std::size_t pages = 0, in_memory = 0;
    in >> pages >> in_memory;
    return in_memory * 4096;
}

/// An answer to the first query of a session. The call ends in time, with a typed error or the rows that were sent.
void check_answer(const std::string& name, const std::string& answer, bool hangs_up) {
    wire::fake server(greeting(), [&](int peer) {
        wire::read_some(peer);
        wire::write_all(peer, answer);
        if (!hangs_up) wire::linger(peer);
    });
    const std::size_t before = resident();
    auto link = pgrepo::connection::open(config_of(server, 400ms).connection());
    const auto start = stopwatch::now();
    const auto asked = pgrepo::try_([&] { return read_notes(*link); });
    BOOST_TEST((stopwatch::now() - start < 400ms + most_overshoot), name << ": too late");
    if (asked) {
        // A success is the whole answer: one row of it was sent, but for an empty query.
        BOOST_TEST(asked->size() == (name == "an empty query" ? 0U : 1U), name << ": " << asked->size() << " rows");
        for (const Note& note : *asked) BOOST_TEST((note.id == 7 && note.text == "seven"), name << ": a wrong row");
        BOOST_TEST(link->usable(), name);
    } else {
        const auto kind = asked.error().kind();
        BOOST_TEST((kind == error_kind::connection_lost || kind == error_kind::deadline_exceeded ||
                    kind == error_kind::decode || kind == error_kind::server || kind == error_kind::usage),
                   name << ": " << asked.error().what());
        if (kind == error_kind::connection_lost) BOOST_TEST(!link->usable(), name << ": lost, and still usable");
        BOOST_TEST(std::string_view(asked.error().what()).find("Canary") == std::string_view::npos);
    }
    BOOST_TEST_MESSAGE(name << ": " << (asked ? std::to_string(asked->size()) + " rows" : asked.error().what()));
    if (!test::sanitized) {
        const std::size_t grown = resident() > before ? resident() - before : 0;
        BOOST_TEST(grown < (std::size_t{64} << 20U), name << ": " << grown << " bytes more in memory");
    }
    link.reset();
}

} // namespace

// ---- F15: bytes that no PostgreSQL sends

BOOST_AUTO_TEST_SUITE(F15)

BOOST_AUTO_TEST_CASE(the_script_itself_is_understood) {
    wire::fake server(greeting(), [&](int peer) {
        wire::read_some(peer);
        wire::write_all(peer, good_answer);
        wire::linger(peer);
    });
    auto link = pgrepo::connection::open(config_of(server, 5s).connection());
    const auto rows = read_notes(*link);
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST((rows[0].id == 7 && rows[0].text == "seven"));
    link.reset();
}

BOOST_AUTO_TEST_CASE(answers_that_cannot_be) {
    const std::string begin = parsed_and_bound + two_columns;
    const std::string end = tag("SELECT 1") + ready;
    const std::pair<const char*, std::string> scripts[] = {
        // lengths
        {"a message of length 0", begin + announced('D', 0, "")},
        {"a message of length 3", begin + announced('D', 3, "")},
        {"a message of length -1", begin + announced('D', 0xffffffffU, "xxxx")},
        {"a message of length INT_MIN", begin + announced('D', 0x80000000U, "xxxx")},
        {"a row of a gigabyte announced", begin + announced('D', 0x3fffffffU, small_number(2))},
        {"a row of two gigabytes announced", begin + announced('D', 0x7fffffffU, small_number(2))},
        {"a long CommandComplete", begin + announced('C', 0x00ffffffU, "SELECT 1")},
        {"a long ParameterStatus", announced('S', 0x7ffffff0U, "x")},
        {"an error of a gigabyte announced", announced('E', 0x3fffffffU, "SERROR")},
        {"a notice of a gigabyte announced", announced('N', 0x3fffffffU, "SNOTICE")},
        {"a notification of a gigabyte announced", announced('A', 0x3fffffffU, number(1))},
        // counts
        {"-1 columns", parsed_and_bound + message('T', small_number(0xffff)) + end},
        {"65535 columns announced, none there", parsed_and_bound + message('T', small_number(65535)) + end},
        {"more columns than described",
         begin + message('D', small_number(3) + cell(number(7)) + cell("x") + cell("y")) + end},
        {"fewer columns than described", begin + message('D', small_number(1) + cell(number(7))) + end},
        {"-1 columns in a row", begin + message('D', small_number(0xffff)) + end},
        {"a cell of -2 bytes", begin + message('D', small_number(2) + number(0xfffffffeU) + cell("x")) + end},
        {"a cell of INT_MIN bytes", begin + message('D', small_number(2) + number(0x80000000U) + cell("x")) + end},
        {"a cell longer than its row", begin + message('D', small_number(2) + number(0x7fffffffU) + "xxxx") + end},
        {"a cell that ends behind its row",
         begin + message('D', small_number(2) + cell(number(7)) + number(6) + "seven") + end},
        {"a row with bytes behind it",
         begin + message('D', small_number(2) + cell(number(7)) + cell("seven") + "more") + end},
        {"a row without a count", begin + message('D', "") + end},
        {"a column name without an end", parsed_and_bound + message('T', small_number(1) + std::string("name")) + end},
        {"an int of three bytes", begin + message('D', small_number(2) + cell("abc") + cell("seven")) + end},
        {"other types",
         parsed_and_bound + message('T', small_number(2) + column("id", 20) + column("text", 17)) + one_row + end},
        // order
        {"a row before its description", parsed_and_bound + one_row + end},
        {"a tag without an end", begin + one_row + message('C', "SELECT 1") + ready},
        {"no tag", begin + one_row + ready},
        {"nothing but readiness", ready},
        {"two tags", begin + one_row + tag("SELECT 1") + tag("SELECT 1") + ready},
        {"two results", begin + one_row + tag("SELECT 1") + two_columns + one_row + tag("SELECT 1") + ready},
        {"a result after an error", complaint('E', "ERROR", "XX000", "no") + begin + one_row + tag("SELECT 1") + ready},
        {"an error in the middle of rows", begin + one_row + complaint('E', "ERROR", "XX000", "no") + ready},
        {"a description after the rows", begin + one_row + two_columns + end},
        {"a greeting again", greeting() + good_answer},
        {"a demand for a password", message('R', number(3)) + good_answer},
        {"an unknown message", parsed_and_bound + message('?', "what") + good_answer},
        {"a message of type 0", std::string("\0\0\0\0\4", 5)},
        {"readiness in an unknown state", begin + one_row + tag("SELECT 1") + message('Z', "?")},
        {"readiness without a state", begin + one_row + tag("SELECT 1") + message('Z', "")},
        {"a COPY in that nobody asked for", parsed_and_bound + message('G', std::string(1, '\0') + small_number(0))},
        {"a COPY out with -1 columns", parsed_and_bound + message('H', std::string(1, '\0') + small_number(0xffff))},
        {"a COPY both ways", parsed_and_bound + message('W', std::string(1, '\1') + small_number(1) + small_number(1))},
        {"COPY data without a COPY", parsed_and_bound + message('d', "data") + good_answer},
        {"a suspended portal", begin + one_row + message('s', "") + ready},
        {"an empty query", parsed_and_bound + message('I', "") + ready},
        // errors
        {"an error without fields", message('E', std::string(1, '\0')) + ready},
        {"an error with nothing at all", message('E', "") + ready},
        {"an error without an end", message('E', "SERROR") + ready},
        {"an error with an odd SQLSTATE", complaint('E', "ERROR", "\x1b[31mx\n", "no") + ready},
        {"an error of an odd severity", complaint('E', "", "XX000", "no") + ready},
        {"a megabyte of error text", complaint('E', "ERROR", "XX000", std::string(1 << 20, 'x')) + ready},
        {"a notification without an end", message('A', number(1) + "name") + good_answer},
        {"a setting without an end", message('S', "client_encoding") + good_answer},
        // not the protocol at all
        {"zeros", std::string(10000, '\0')},
        {"a web server", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"},
        {"nothing", ""},
        {"the half of it", good_answer.substr(0, good_answer.size() / 2)},
    };
    for (const auto& [name, answer] : scripts)
        for (const bool hangs_up : {false, true}) check_answer(name, answer, hangs_up);
}

BOOST_AUTO_TEST_CASE(a_commit_that_is_not_answered_as_one_is_not_a_success) {
    for (const std::string& answer :
         {ready, complaint('N', "NOTICE", "00000", "nothing else") + ready, tag("COMMIT") + tag("COMMIT") + ready}) {
        wire::fake server(greeting(), [&](int peer) {
            wire::read_some(peer);
            wire::write_all(peer, tag("BEGIN") + message('Z', "T"));
            wire::read_some(peer);
            wire::write_all(peer, answer);
            wire::linger(peer);
        });
        auto link = pgrepo::connection::open(config_of(server, 2s).connection());
        link->begin();
        check_kind(failure_of([&] { link->commit(); }), error_kind::commit_unknown);
        BOOST_TEST(!link->usable());
        link.reset();
    }
}

BOOST_AUTO_TEST_CASE(every_byte_changed) {
    // Each byte of a good answer replaced by others: ends in time, and no row is made of what is not one.
    for (std::size_t at = 0; at < good_answer.size(); ++at)
        for (const char byte : {'\0', '\x7f', '\xff'}) {
            if (good_answer[at] == byte) continue;
            std::string answer = good_answer;
            answer[at] = byte;
            wire::fake server(greeting(), [&](int peer) {
                wire::read_some(peer);
                wire::write_all(peer, answer);
                ::shutdown(peer, SHUT_WR); // no need to wait for a deadline
                wire::linger(peer);
            });
            auto link = pgrepo::connection::open(config_of(server, 5s).connection());
            const auto start = stopwatch::now();
            const auto asked = pgrepo::try_([&] { return read_notes(*link); });
            BOOST_TEST((stopwatch::now() - start < 5s), at << ": too late");
            if (asked) BOOST_TEST(asked->size() <= 1U, at);
            link.reset();
        }
}

BOOST_AUTO_TEST_CASE(one_that_never_stops_talking) {
    const std::pair<const char*, std::string> floods[] = {
        {"notices", complaint('N', "NOTICE", "00000", "on and on")},
        {"settings", wire::setting("application_name", "x")},
        {"notifications", message('A', number(1) + std::string("name\0text\0", 10))},
        {"errors", complaint('E', "ERROR", "XX000", "no")},
        {"tags", tag("SELECT 1")},
    };
    for (const auto& [name, unit] : floods) {
        std::string flood;
        while (flood.size() < 60'000) flood += unit;
        for (const bool in_answer : {true, false}) {
            std::atomic<bool> said{false};
            wire::fake server(in_answer ? greeting() : message('R', number(0)), [&](int peer) {
                if (in_answer) wire::read_some(peer);
                said = true; // who hangs up at the first error lets none of it be written whole
                while (wire::write_all(peer, flood)) {}
            });
            const auto config = config_of(server, 300ms);
            if (in_answer) {
                pgrepo::pool pool(config.connection(), {.max = 1}); // a watch keeps the deadline
                auto link = pool.acquire();
                const auto failure = ends_within(300ms, [&] { read_notes(*link); });
                BOOST_TEST((failure.kind() == error_kind::deadline_exceeded ||
                            failure.kind() == error_kind::connection_lost || failure.kind() == error_kind::server),
                           name << ": " << failure.what());
                BOOST_TEST(!link->usable());
            } else {
                const auto failure = ends_within(300ms, [&] { (void)pgrepo::connection::open(config.connection()); });
                check_kind(failure, error_kind::connect_failed);
            }
            BOOST_TEST(said, name);
        }
    }
}

BOOST_AUTO_TEST_CASE(openings_that_cannot_be) {
    const std::string scram = message('R', number(10) + std::string("SCRAM-SHA-256\0\0", 15));
    const std::pair<const char*, std::string> scripts[] = {
        {"an unknown authentication", message('R', number(99))},
        {"no code of authentication", message('R', "")},
        {"a negative one", message('R', number(0xffffffffU))},
        {"MD5 without a salt", message('R', number(5))},
        {"SCRAM without mechanisms", message('R', number(10))},
        {"SCRAM with none that is known", message('R', number(10) + std::string("ROT13\0\0", 7))},
        {"SCRAM that goes on before it began", message('R', number(11) + "r=x,s=eA==,i=4096")},
        {"SCRAM that is final at once", message('R', number(12) + "v=eA==")},
        {"SCRAM with a wrong nonce", scram + message('R', number(11) + "r=wrong,s=eA==,i=4096")},
        {"an announced gigabyte of it", announced('R', 0x3fffffffU, number(0))},
        {"an error without end", announced('E', 30000, "SFATAL")},
        {"an old error", "Esorry\n" + std::string(1, '\0')},
        {"negotiation to nothing", message('v', number(0) + number(0xffffffffU))},
        {"key data that is short", message('R', number(0)) + message('K', "x")},
        {"a row", message('R', number(0)) + one_row},
        {"zeros", std::string(1000, '\0')},
        {"readiness before anything", ready},
        {"an escape to the terminal", complaint('E', "FATAL", "XX000", "\x1b[31mred\x1b[0m")},
    };
    for (const auto& [name, hello] : scripts)
        for (const bool hangs_up : {false, true}) {
            wire::fake server(hello, [&](int peer) {
                if (!hangs_up) wire::linger(peer);
            });
            const auto failure =
                ends_within(200ms, [&] { (void)pgrepo::connection::open(config_of(server, 200ms).connection()); });
            BOOST_TEST((failure.kind() == error_kind::connect_failed ||
                        failure.kind() == error_kind::authentication_failed ||
                        failure.kind() == error_kind::configuration),
                       name << ": " << failure.what());
            BOOST_TEST(std::string_view(failure.what()).find("Canary") == std::string_view::npos, failure.what());
            BOOST_TEST(std::string_view(failure.what()).find('\x1b') == std::string_view::npos, failure.what());
        }
}

BOOST_AUTO_TEST_CASE(a_pool_outlives_them) {
    // A service that meets a hostile session loses that one; the next is opened and works.
    std::atomic<int> turn{0};
    wire::fake server(greeting(), [&](int peer) {
        // Every second session answers the first query with nonsense. Every other is good for one answer.
        const bool good = turn++ % 2 == 0;
        while (wire::read_some(peer) > 0) wire::write_all(peer, good ? good_answer : announced('D', 0xffffffffU, "xx"));
    });
    pgrepo::pool pool(config_of(server, 2s).connection(), {.max = 1});
    for (int i = 0; i < 10; ++i) {
        {
            auto link = pool.acquire();
            BOOST_TEST(read_notes(*link).size() == 1U);
            link->close(); // so that the next is hostile
        }
        BOOST_TEST(pool.counts().total == 0U);
        {
            auto link = pool.acquire();
            check_kind(failure_of([&] { read_notes(*link); }), error_kind::connection_lost);
            BOOST_TEST(!link->usable());
        }
        BOOST_TEST(pool.counts().total == 0U);
    }
    BOOST_TEST(server.sessions() == 20);
    pool.close();
}

BOOST_AUTO_TEST_SUITE_END()

// ---- F57: versions

BOOST_AUTO_TEST_SUITE(F57)

BOOST_AUTO_TEST_CASE(too_old_is_refused_and_newer_is_not) {
    for (const char* version : {"12.20", "9.6.24", "8.4", "", "x", "-15.1"}) {
        wire::fake server(greeting("UTF8", version), wire::linger);
        const auto failure = failure_of([&] { (void)pgrepo::connection::open(config_of(server, 5s).connection()); });
        check_kind(failure, error_kind::configuration);
        check_says(failure, "PostgreSQL 13 (130000) or later is needed");
        BOOST_TEST(server.sessions() == 1);
        // By a service too, as the first thing that it says.
        check_kind(failure_of([&] { postgres_service service(config_of(server, 5s)); }), error_kind::configuration);
    }
    for (const char* version : {"13.0", "15.18 (Debian 15.18-0+deb12u1)", "18.1", "19devel", "20beta1", "99.99"}) {
        wire::fake server(greeting("UTF8", version), wire::linger);
        auto link = pgrepo::connection::open(config_of(server, 5s).connection());
        BOOST_TEST(link->server_version() >= 130000, version);
        link.reset();
    }
}

BOOST_AUTO_TEST_SUITE_END()
