// B44: nothing is substituted on this side. A statement's text travels as it was written, whatever its arguments are:
// neither a placeholder inside a value nor a minus before one is ever read again (CVE-2024-1597, CVE-2024-27289).
#include "support/hostile_strings.hpp"
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using pgrepo::query;
using pgrepo::sql;
using pgrepo::unsafe_sql;

namespace {

struct Row {
    std::int32_t n{};
    std::string text;
};
using values = std::vector<std::optional<std::string>>;

std::string int4(std::int32_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((bits >> shift) & 0xffU);
    return out;
}

struct fixture {
    test::recording_executor db{};
    void sent(std::string_view text, const values& wanted) {
        BOOST_TEST(db.last.text == text);
        BOOST_TEST((db.last.values == wanted));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(B44, fixture)

BOOST_AUTO_TEST_CASE(a_minus_before_a_placeholder_stays_one) {
    for (const std::int32_t n : {-1, 0, 7, std::numeric_limits<std::int32_t>::min()}) {
        (void)db.select_value<std::int32_t>(sql<"SELECT 5 -$1::int">, n);
        sent("SELECT 5 -$1::int", {int4(n)});
        BOOST_TEST((db.last.types == std::vector<pgrepo::oid>{23}));
        BOOST_TEST((db.last.formats == std::vector<int>{1}));
        (void)db.select_value<std::int32_t>(unsafe_sql("SELECT 5-$1"), n);
        sent("SELECT 5-$1", {int4(n)});
        (void)db.select_one(query<Row, "SELECT -$1 AS n, $2::text AS text">, n, "\n; DROP TABLE canary; --");
        sent("SELECT -$1 AS n, $2::text AS text", {int4(n), "\n; DROP TABLE canary; --"});
    }
}

BOOST_AUTO_TEST_CASE(placeholders_inside_values_are_text) {
    for (const std::string& s : test::hostile_cores()) {
        (void)db.execute(sql<"UPDATE t SET a = $2 WHERE b = $1">, "$2", s);
        sent("UPDATE t SET a = $2 WHERE b = $1", {"$2", s});
        (void)db.execute(unsafe_sql("UPDATE t SET a = $2 WHERE b = $1"), s, "$1");
        sent("UPDATE t SET a = $2 WHERE b = $1", {s, "$1"});
    }
}

BOOST_AUTO_TEST_CASE(only_what_is_a_placeholder_is_counted) {
    // in a literal, an identifier, a comment and a dollar quote it is none
    (void)db.select_value<std::string>(sql<"SELECT '$1' || $1::text /* $2 */ AS \"$3\" -- $4">, "x");
    sent("SELECT '$1' || $1::text /* $2 */ AS \"$3\" -- $4", {"x"});
    (void)db.select_value<std::string>(sql<"SELECT $a$ $2 $a$ || $1::text || $$ $3 ' $$">, "x");
    sent("SELECT $a$ $2 $a$ || $1::text || $$ $3 ' $$", {"x"});
    (void)db.select_value<std::string>(sql<"SELECT E'\\'$2' || $1::text">, "x");
    sent("SELECT E'\\'$2' || $1::text", {"x"});
    (void)db.select_value<std::string>(unsafe_sql("SELECT '$2' || $1::text"), "x");
    sent("SELECT '$2' || $1::text", {"x"});
}

BOOST_AUTO_TEST_CASE(the_placeholders_of_other_libraries_mean_nothing) {
    constexpr std::string_view text = "SELECT a ? 'k', b @> $1, ':x', '{}', '%s', a::text, c #>> '{a,b}' FROM t";
    (void)db.execute(sql<"SELECT a ? 'k', b @> $1, ':x', '{}', '%s', a::text, c #>> '{a,b}' FROM t">, "x");
    sent(text, {"x"});
    (void)db.execute(unsafe_sql(std::string(text)), "x");
    sent(text, {"x"});
}

BOOST_AUTO_TEST_CASE(one_placeholder_may_stand_in_many_places) {
    (void)db.execute(sql<"UPDATE t SET a = $1, b = $1 WHERE a <> $1 AND b <> $2">, "' $2", "' $1");
    sent("UPDATE t SET a = $1, b = $1 WHERE a <> $1 AND b <> $2", {"' $2", "' $1"});
}

BOOST_AUTO_TEST_SUITE_END()
