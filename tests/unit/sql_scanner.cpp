#include <pgrepo/base/fixed_string.hpp>
#include <pgrepo/sql/scanner.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace {

using pgrepo::scan;
using pgrepo::scan_result;
using enum pgrepo::sql_problem;
using pgrepo::list_problem;
using pgrepo::sql_verb;

// ---------------------------------------------------------------------------------------------------------------------
// Form: what is refused, and where. An offset of `ok` (the text's size) is not looked at.

struct form_case {
    std::string_view text;
    pgrepo::sql_problem problem;
    std::size_t offset;
    int placeholders;
};

constexpr form_case forms[] = {
    {"", empty, 0, 0},
    {"  \t\r\n ", empty, 0, 0},
    {"-- only a comment", empty, 0, 0},
    {"/* only a comment */", empty, 0, 0},
    {";", empty, 0, 0},
    {" ; ", empty, 1, 0},
    {{"SELECT\0 1", 9}, contains_nul, 6, 0},
    {{"SELECT 'a\0b'", 12}, contains_nul, 9, 0},
    {"SELECT 'active", unterminated_quote, 7, 0},
    {"SELECT 'it''s", unterminated_quote, 7, 0},
    {"SELECT 'a'' ", unterminated_quote, 7, 0},
    {"SELECT '", unterminated_quote, 7, 0},
    {"SELECT E'a\\'", unterminated_quote, 7, 0},
    {"SELECT E'\\", unterminated_quote, 7, 0},
    {"SELECT e'a\\\\'", none, 0, 0},
    {"SELECT 'a\\'", none, 0, 0},
    {"SELECT E'a' -- $9\n '\\'' , $1", none, 0, 1},
    {"SELECT 'a'\n\n'b; $2', $1", none, 0, 1},
    {"SELECT 'a' /* x */ 'b", unterminated_quote, 19, 0},
    {"SELECT U&'d\\0061t', u&'', B'01', b'', X'1F', x'', N'n', n''", none, 0, 0},
    {"SELECT U&\"a\", u&\"b\"\"c\"", none, 0, 0},
    {"SELECT U&\"a", unterminated_identifier, 7, 0},
    {"SELECT u & 'x'", none, 0, 0},
    {"SELECT \"a", unterminated_identifier, 7, 0},
    {"SELECT \"a\"\"", unterminated_identifier, 7, 0},
    {"SELECT \"\" FROM t", empty_identifier, 7, 0},
    {"SELECT \"\"\"\" FROM t", none, 0, 0},
    {"SELECT \"a;b $7 -- /* '\" FROM t", none, 0, 0},
    {"SELECT 1 /* a", unterminated_comment, 9, 0},
    {"SELECT 1 /* a /* b */ c", unterminated_comment, 9, 0},
    {"SELECT 1 /* a /* b */ $5 ' */", none, 0, 0},
    {"SELECT 1 /", none, 0, 0},
    {"SELECT 1 /*", unterminated_comment, 9, 0},
    {"SELECT 1 /**/", none, 0, 0},
    {"SELECT 1 /*/", unterminated_comment, 9, 0},
    {"SELECT 1 -- $5 ' ; (", none, 0, 0},
    {"SELECT 1 --\r; SELECT 2", multiple_statements, 14, 0},
    {"SELECT 1 - -1 --", none, 0, 0},
    {"SELECT 1 +-- $3\n $1", none, 0, 1},
    {"SELECT 2 */* c */ $1", none, 0, 1},
    {"SELECT $$ $1 ' ; ( $$", none, 0, 0},
    {"SELECT $a$ $$ $b$ $a$, $1", none, 0, 1},
    {"SELECT $_x1$ $_x1 $_x1$", none, 0, 0},
    {"SELECT $a$ $A$", unterminated_dollar_quote, 7, 0},
    {"SELECT $$", unterminated_dollar_quote, 7, 0},
    {"SELECT $a", unexpected_character, 7, 0},
    {"SELECT $", unexpected_character, 7, 0},
    {"SELECT $a b$", unexpected_character, 7, 0},
    {"SELECT a$1, a$b$c, b$ FROM t", none, 0, 0},
    {"SELECT \\d", unexpected_character, 7, 0},
    {"SELECT {", unexpected_character, 7, 0},
    {"SELECT \x01", unexpected_character, 7, 0},
    {"SELECT 1a", junk_after_number, 8, 0},
    {"SELECT 1.5x", junk_after_number, 10, 0},
    {"SELECT 1e", junk_after_number, 8, 0},
    {"SELECT 1e+", junk_after_number, 8, 0},
    {"SELECT $1a", junk_after_number, 9, 0},
    {"SELECT 1, 1., .5, 1.5, 1e5, 1.e-5, .5E+5, 1_000, 0x1F, 0o17, 0b101, x[1:2]", none, 0, 0},
    {"SELECT (1", unbalanced_parenthesis, 7, 0},
    {"SELECT ((1)", unbalanced_parenthesis, 7, 0},
    {"SELECT 1)", unbalanced_parenthesis, 8, 0},
    {"SELECT (1]", unbalanced_parenthesis, 9, 0},
    {"SELECT a[1)", unbalanced_parenthesis, 10, 0},
    {"SELECT (a[1)]", unbalanced_parenthesis, 11, 0},
    {"SELECT (1;)", unbalanced_parenthesis, 7, 0},
    {"SELECT ')' || $a$ ( $a$ || \"(\" /* ( */", none, 0, 0},
    {"SELECT 1;", none, 0, 0},
    {"SELECT 1; -- done\n /* yes */", none, 0, 0},
    {"SELECT 1;;", multiple_statements, 9, 0},
    {"SELECT 1; SELECT 2", multiple_statements, 10, 0},
    {"BEGIN; DELETE FROM t; COMMIT", multiple_statements, 7, 0},
    {"SELECT 1; 'x", unterminated_quote, 10, 0},
    {"1 SELECT", not_a_statement, 0, 0},
    {"'SELECT'", not_a_statement, 0, 0},
    {" \"select\" 1", not_a_statement, 1, 0},
    {"(1)", not_a_statement, 1, 0},
    {"()", not_a_statement, 1, 0},
    {"WITH a AS (SELECT 1) ()", none, 0, 0},
    {"SELECT $1, $2, $1", none, 0, 2},
    {"SELECT $2, $1::int, ($3)", none, 0, 3},
    {"SELECT $1+$2-$3::int[$4]", none, 0, 4},
    {"SELECT '$1', \"$2\", $$ $3 $$ -- $4", none, 0, 0},
    {"SELECT $0", placeholder_zero, 7, 0},
    {"SELECT $00", placeholder_zero, 7, 0},
    {"SELECT $01", none, 0, 1},
    {"SELECT $2", placeholder_gap, 7, 2},
    {"SELECT $1, $3", placeholder_gap, 11, 3},
    {"SELECT $1, $4, $2", placeholder_gap, 11, 4},
    {"SELECT $101", too_many_placeholders, 7, 0},
    {"SELECT $99999999999999999999", too_many_placeholders, 7, 0},
};

constexpr bool holds(const form_case& c) {
    const scan_result r = scan(c.text);
    return r.problem == c.problem && r.placeholders == c.placeholders && (r.ok() || r.offset == c.offset);
}

// ---------------------------------------------------------------------------------------------------------------------
// Meaning: verb, rows, and the outermost list as `name|name`; ? has no name, ! is left open, * is a star.

struct meaning_case {
    std::string_view text;
    sql_verb verb;
    bool rows;
    std::string_view columns;
};

constexpr auto select = sql_verb::select;
constexpr auto other = sql_verb::other;

constexpr meaning_case meanings[] = {
    {"SELECT email FROM users WHERE status = $1 AND deleted_at IS NULL", select, true, "email"},
    {"select u.Email, U.ID, \"lastName\", \"a\"\"b\" from users u", select, true, "email|id|lastName|a\"b"},
    {"SELECT a x, a AS y, a \"Z\", a AS \"W w\", t.a v, 1 one, $1 two, 'x' three", select, true,
     "x|y|Z|W w|v|one|two|three"},
    {"SELECT a AS from, a AS order, a AS as, t.from, t.as, t.as b, t.as AS as FROM t", select, true,
     "from|order|as|from|as|b|as"},
    {"SELECT a as AS FROM t, u", select, true, "as"},
    {"SELECT", select, true, ""},
    {"SELECT FROM t", select, true, ""},
    {"SELECT DISTINCT a, b FROM t", select, true, "a|b"},
    {"SELECT DISTINCT ON (a, f(b, c)) x, y FROM t", select, true, "x|y"},
    {"SELECT ALL a", select, true, "a"},
    {"SELECT a::text, t.a::varchar(3), a::int[] b, a::int[][3], a::pg_catalog.int4 AS x", select, true, "a|a|b|a|x"},
    {"SELECT a::double precision, a::double precision b, a::character varying(3) c, a::bit varying", select, true,
     "a|b|c|a"},
    {"SELECT a::timestamp with time zone, a::timestamp(3) without time zone b, a::time with time zone c", select, true,
     "a|b|c"},
    {"SELECT a::interval, a::interval year, a::interval day to second, a::int array", select, true, "a|!|!|!"},
    {"SELECT 1::int, $1::text, 'a'::text b, NULL::int, true::text, now()::date", select, true, "!|!|b|!|!|now"},
    {"SELECT count(*), lower(a), pg_catalog.upper(a), f(x) y, f(a, (b), c[1])::text AS z", select, true,
     "count|lower|upper|y|z"},
    {"SELECT sum(a) FILTER (WHERE b), sum(a) FILTER (WHERE b) f, sum(a) OVER (ORDER BY b), rank() OVER w, rank() OVER w r",
     select, true, "sum|f|sum|rank|r"},
    {"SELECT mode() WITHIN GROUP (ORDER BY a), b FROM t", select, true, "mode|b"},
    {"SELECT cast(a AS text), cast(a AS text) b, extract(year FROM a), extract(year FROM a) AS y, trim(a)", select,
     true, "!|b|!|y|!"},
    {"SELECT current_date, current_timestamp(3), user, coalesce(a, b), nullif(a, b), ARRAY[1], ROW(1), EXISTS (SELECT 1)",
     select, true, "current_date|current_timestamp|user|coalesce|nullif|array|row|exists"},
    {"SELECT 1, -1, 'a', 'a'\n'b', NULL, $1, $$x$$, 1.5", select, true, "?|?|?|?|?|?|?|?"},
    {"SELECT true, false t, null n", select, true, "!|t|n"},
    {"SELECT a + b, a || 'x', a = 1 AND b, NOT a, a IS NULL, a IN (1, 2), a LIKE $1, a <> ALL ($2), a::int + b::int",
     select, true, "?|?|?|?|?|?|?|?|?"},
    {"SELECT a + b c, a + b::double precision, a + b AS d, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b e FROM t",
     select, true, "!|!|d|?|!"},
    {"SELECT a AT TIME ZONE 'UTC', a AT TIME ZONE 'UTC' AS b, interval '1 day', date '2020-01-01'", select, true,
     "!|b|!|!"},
    {"SELECT (a), (a + b) c, (a).b, (a).b c, (t.a).b AS d, a[1], a[1:2] e, a[1].b, (SELECT x FROM y), (SELECT x FROM y) z",
     select, true, "!|c|b|c|d|a|e|b|!|z"},
    {"SELECT a COLLATE \"C\", a COLLATE pg_catalog.\"C\" b, COLLATION FOR (a), c FROM t", select, true, "a|b|!|c"},
    {"SELECT (a, b) OVERLAPS (c, d), a IS NORMALIZED, a || b IS NFC NORMALIZED", select, true, "!|!|!"},
    {"SELECT U&\"a\", b AS U&\"c\", b + 1 AS U&\"c\" UESCAPE '!'", select, true, "!|!|!"},
    {"SELECT CASE WHEN a THEN 1 ELSE 2 END, CASE a WHEN 1 THEN b END c, CASE WHEN a THEN b ELSE t.c END", select, true,
     "case|c|c"},
    {"SELECT CASE WHEN a THEN CASE WHEN b THEN 1 ELSE x END ELSE f(y) END, CASE WHEN a THEN 1 ELSE y::int END", select,
     true, "f|y"},
    {"SELECT CASE WHEN a THEN 1 ELSE true END, CASE WHEN a THEN 1 ELSE 1::int END, CASE WHEN a THEN 1 END::text",
     select, true, "case|case|!"},
    {"SELECT 1 + CASE WHEN a THEN 1 END, CASE WHEN a THEN 1 END + 1, t.case, t.end FROM t", select, true,
     "?|?|case|end"},
    {"SELECT a case, b AS x FROM t", select, true, "!"},
    {"SELECT a ISNULL, a NOTNULL", select, true, "!|!"},
    {"SELECT * FROM t", select, true, "*"},
    {"SELECT t.*, a, (b).* FROM t", select, true, "*|a|*"},
    {"SELECT*FROM t", select, true, "*"},
    {"SELECT t.* x, (a).* AS y, b FROM t", select, true, "*|*|b"},
    {"SELECT count(*)*2, 2*3 FROM t", select, true, "?|?"},
    {"SELECT a FROM t UNION SELECT b FROM u", select, true, "a"},
    {"SELECT a INTERSECT SELECT b", select, true, "a"},
    {"SELECT a EXCEPT ALL SELECT b, c", select, true, "a"},
    {"SELECT a WHERE b", select, true, "a"},
    {"SELECT a GROUP BY b HAVING c", select, true, "a"},
    {"SELECT a ORDER BY b, c LIMIT $1 OFFSET $2", select, true, "a"},
    {"SELECT a LIMIT 1", select, true, "a"},
    {"SELECT a OFFSET 1", select, true, "a"},
    {"SELECT a FETCH FIRST ROW ONLY", select, true, "a"},
    {"SELECT a FOR UPDATE", select, true, "a"},
    {"SELECT a WINDOW w AS ()", select, true, "a"},
    {"(SELECT a, b FROM t) UNION (SELECT c, d FROM u) ORDER BY 1", select, true, "a|b"},
    {"((SELECT a))", select, true, "a"},
    {"SELECT x.a FROM (SELECT b, c FROM d) x", select, true, "a"},
    {"WITH q AS (SELECT a, b FROM t) SELECT c FROM q", select, true, "c"},
    {"WITH RECURSIVE q (a, b) AS (SELECT 1, 2 UNION SELECT 3, 4), r AS MATERIALIZED (SELECT 5) SELECT q.a, b c FROM q",
     select, true, "a|c"},
    {"WITH q AS NOT MATERIALIZED (SELECT 1) (SELECT a FROM q)", select, true, "a"},
    {"WITH update AS (SELECT 1), \"insert\" AS (SELECT 2) SELECT a FROM update", select, true, "a"},
    {"(WITH q AS (SELECT 1) SELECT a FROM q) LIMIT 1", select, true, "a"},
    {"WITH q AS (DELETE FROM t RETURNING a, b) SELECT c FROM q", select, true, "c"},
    {"WITH q AS (SELECT 1) INSERT INTO t SELECT * FROM q RETURNING t.id", sql_verb::insert, true, "id"},
    {"WITH q AS (INSERT INTO t VALUES (1) RETURNING a) UPDATE t SET b = 1", sql_verb::update, false, ""},
    {"INSERT INTO t (a, b) VALUES ($1, $2)", sql_verb::insert, false, ""},
    {"INSERT INTO t (a) VALUES ($1) RETURNING id, created_at AS at, lower(a)", sql_verb::insert, true, "id|at|lower"},
    {"INSERT INTO t SELECT a AS returning FROM u", sql_verb::insert, false, ""},
    {"INSERT INTO t SELECT u.returning FROM u RETURNING a;", sql_verb::insert, true, "a"},
    {"INSERT INTO t VALUES ('RETURNING a') ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *", sql_verb::insert,
     true, "*"},
    {"UPDATE t SET a = $1 WHERE id = $2 RETURNING old.a, new.b bb", sql_verb::update, true, "a|bb"},
    {"UPDATE t SET a = 1 RETURNING WITH (OLD AS o, NEW AS n) o.a, n.b AS c", sql_verb::update, true, "a|c"},
    {"UPDATE t SET a = (SELECT b FROM u)", sql_verb::update, false, ""},
    {"delete from t where id = $1", sql_verb::delete_, false, ""},
    {"DELETE FROM t RETURNING id", sql_verb::delete_, true, "id"},
    {"MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE RETURNING merge_action(), t.a", sql_verb::merge, true,
     "merge_action|a"},
    {"VALUES (1, 2)", sql_verb::values, true, ""},
    {"TABLE t", select, true, ""},
    {"SELECT a INTO b FROM c", other, false, ""},
    {"BEGIN", other, false, ""},
    {"CREATE TABLE t (a int)", other, false, ""},
    {"SHOW search_path", other, true, ""},
    {"EXPLAIN SELECT a FROM t", other, true, ""},
    {"WITH RECURSIVE q AS (SELECT 1) SEARCH DEPTH FIRST BY a SET b SELECT a FROM q", other, true, ""},
    {"selec a FROM t", other, false, ""},
};

constexpr bool list_is(const scan_result& r, std::string_view expected) {
    std::size_t i = 0;
    while (!expected.empty()) {
        if (i == r.column_count) return false;
        const std::size_t bar = expected.find('|');
        const std::string_view want = expected.substr(0, bar);
        expected.remove_prefix(bar == std::string_view::npos ? expected.size() : bar + 1);
        const pgrepo::sql_column& column = r.columns[i++];
        using kind = pgrepo::sql_column::kind;
        const bool same = want == "?"   ? column.how == kind::unnamed
                          : want == "!" ? column.how == kind::not_understood
                          : want == "*" ? column.how == kind::star
                                        : column.is(want);
        if (!same) return false;
    }
    return i == r.column_count;
}

constexpr bool holds(const meaning_case& c) {
    const scan_result r = scan(c.text);
    return r.ok() && r.verb == c.verb && r.returns_rows == c.rows && list_is(r, c.columns);
}

// One constant evaluation per case: that is how statements are scanned in a program, and clang limits each.
template <const auto& Table, std::size_t I> inline constexpr bool holds_when_compiled = holds(Table[I]);
template <const auto& Table, std::size_t... I> constexpr bool all_hold(std::index_sequence<I...>) {
    return (holds_when_compiled<Table, I> && ...);
}
static_assert(all_hold<forms>(std::make_index_sequence<std::size(forms)>()));
static_assert(all_hold<meanings>(std::make_index_sequence<std::size(meanings)>()));
static_assert(std::size(forms) + std::size(meanings) >= 80);

// The way the library uses it: a text that is a template argument.
template <pgrepo::fixed_string Text> struct statement {
    static constexpr scan_result scanned = scan(Text.view());
};
static_assert(statement<"SELECT a AS b FROM t WHERE c = $1">::scanned.columns[0].name == "b");
static_assert(statement<"SELECT $2">::scanned.missing_placeholder == 1);

// 1,500 characters, nine columns: far below clang's limit of 1,048,576 steps.
inline constexpr pgrepo::fixed_string long_text =
    "SELECT u.id, u.email, u.first_name AS \"firstName\", u.last_name AS \"lastName\", count(o.id) AS orders, "
    "CASE WHEN u.status = 'active' THEN 'yes' ELSE 'no' END AS active, max(o.created_at)::date AS last_order, "
    "coalesce(sum(o.total), 0)::numeric(10, 2) AS total, (SELECT i.price FROM order_items i WHERE i.order_id = o.id "
    "ORDER BY i.price DESC LIMIT 1) AS dearest FROM users u LEFT JOIN orders o ON o.user_id = u.id AND o.deleted_at IS NULL "
    "WHERE u.deleted_at IS NULL AND (u.status = $1 OR u.status = 'invited') AND u.created_at >= $2 AND u.created_at < $3 "
    "AND (u.email ILIKE '%' || $4 || '%' OR u.first_name ILIKE '%' || $4 || '%' OR u.last_name ILIKE '%' || $4 || '%') "
    "AND EXISTS (SELECT 1 FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = o.id AND "
    "p.category = ANY($5) AND i.quantity BETWEEN $6 AND $7) AND NOT EXISTS (SELECT 1 FROM blocked_users b WHERE "
    "b.user_id = u.id AND b.reason NOT IN ('expired', 'it''s fine', $tag$ it's $9 $tag$)) /* the planner likes it so */ "
    "AND NOT EXISTS (SELECT 1 FROM orders o2 WHERE o2.user_id = u.id AND o2.status = 'fraud' AND o2.created_at > $2) "
    "AND u.id <> ALL (ARRAY(SELECT s.user_id FROM suspended s WHERE s.until > now() - interval '30 days' AND s.why LIKE "
    "E'%\\'%')) AND u.country IN ('de', 'fr', 'it', 'es', 'pt', 'nl', 'be', 'lu', 'at', 'ch', 'pl', 'cz', 'sk', 'hu', 'si', 'hr') "
    "GROUP BY u.id, u.email, u.first_name, u.last_name, u.status, o.id HAVING count(o.id) >= $8 "
    "ORDER BY u.created_at DESC, u.id LIMIT $9 OFFSET $10 -- one page";
static_assert(long_text.size() > 1500);
static_assert(statement<long_text>::scanned.ok() && statement<long_text>::scanned.placeholders == 10);
static_assert(list_is(statement<long_text>::scanned,
                      "id|email|firstName|lastName|orders|active|last_order|total|dearest"));

} // namespace

BOOST_AUTO_TEST_CASE(form_at_run_time) {
    for (const form_case& c : forms) {
        BOOST_TEST_CONTEXT(c.text) {
            const scan_result r = scan(c.text);
            BOOST_TEST(to_string(r.problem) == to_string(c.problem));
            BOOST_TEST(r.placeholders == c.placeholders);
            if (!r.ok()) BOOST_TEST(r.offset == c.offset);
        }
    }
}

BOOST_AUTO_TEST_CASE(meaning_at_run_time) {
    for (const meaning_case& c : meanings) {
        BOOST_TEST_CONTEXT(c.text) {
            const scan_result r = scan(c.text);
            BOOST_TEST(to_string(r.problem) == "none");
            BOOST_TEST(to_string(r.verb) == to_string(c.verb));
            BOOST_TEST(r.returns_rows == c.rows);
            for (std::size_t i = 0; i < r.column_count; ++i)
                BOOST_TEST_INFO(int(r.columns[i].how) << " '" << r.columns[i].name << "'");
            BOOST_TEST(list_is(r, c.columns));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_first_problem_of_a_list_is_told) {
    const std::string_view text = "SELECT a, b + c d, t.*, e FROM t";
    const scan_result r = scan(text);
    BOOST_TEST(to_string(r.list) == to_string(list_problem::not_understood));
    BOOST_TEST(r.list_offset == text.find("b + c"));
    BOOST_TEST(r.column_count == 4U);
    BOOST_TEST(r.find("e") == 3U);
    BOOST_TEST(r.find("d") == r.column_count);
    BOOST_TEST((scan("SELECT t.*, a + b c").list == list_problem::star));
    BOOST_TEST((scan("SELECT a + b").list == list_problem::none));
    BOOST_TEST((scan("VALUES (1)").list == list_problem::not_understood));
    BOOST_TEST((scan("TABLE t").list == list_problem::star));
    BOOST_TEST(scan("with a as (select 1) Delete from t").verb_word == "Delete");
    BOOST_TEST(scan("COMMIT").verb_word == "COMMIT");
    BOOST_TEST(scan("SELECT $1, $3").missing_placeholder == 2);
}

BOOST_AUTO_TEST_CASE(names_compare_as_the_server_reports_them) {
    const scan_result r = scan("SELECT A, \"B\", \"c\"\"d\", Größe, \"\"\"\" FROM t");
    BOOST_TEST(r.columns[0].is("a"));
    BOOST_TEST(!r.columns[0].is("A"));
    BOOST_TEST(!r.columns[0].is("aa"));
    BOOST_TEST(!r.columns[0].is(""));
    BOOST_TEST(r.columns[1].is("B"));
    BOOST_TEST(!r.columns[1].is("b"));
    BOOST_TEST(r.columns[2].is("c\"d"));
    BOOST_TEST(!r.columns[2].is("c\"\"d"));
    BOOST_TEST(r.columns[3].is("größe"));
    BOOST_TEST(r.columns[4].is("\""));
    const std::string long_name(64, 'x');
    BOOST_TEST((scan("SELECT a AS " + long_name).list == list_problem::not_understood));
    BOOST_TEST((scan("SELECT a AS " + long_name.substr(1)).list == list_problem::none));
}

BOOST_AUTO_TEST_CASE(limits) {
    std::string columns = "SELECT c0";
    for (int i = 1; i < 64; ++i) columns += ", c" + std::to_string(i);
    BOOST_TEST((scan(columns).list == list_problem::none));
    BOOST_TEST(scan(columns).column_count == 64U);
    BOOST_TEST((scan(columns + ", x").list == list_problem::too_many_columns));
    std::string placeholders = "SELECT $1";
    for (int i = 2; i <= 100; ++i) placeholders += ", $" + std::to_string(i);
    BOOST_TEST(scan(placeholders).placeholders == 100);
    BOOST_TEST((scan(placeholders + ", $101").problem == too_many_placeholders));
    BOOST_TEST(scan("SELECT " + std::string(64, '(') + "1" + std::string(64, ')')).ok());
    BOOST_TEST((scan("SELECT " + std::string(65, '(') + "1" + std::string(65, ')')).problem == nested_too_deep));
    BOOST_TEST(scan("SELECT a WHERE b = '" + std::string(1'000'000, 'x') + "'").ok());
    std::string cases = "a";
    for (int i = 0; i < 200; ++i) cases = "CASE WHEN b THEN 1 ELSE " + cases + " END";
    BOOST_TEST(scan("SELECT " + cases).column_count == 1U);
}

// Text that is nearly SQL: no crash, no endless loop, views inside the text. Sanitizers see the rest.
BOOST_AUTO_TEST_CASE(mutated_statements_are_survived) {
    std::mt19937 random(20261123);
    const auto below = [&random](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    const std::string_view pieces[] = {
        "'",      "\"",    "$$",     "$1",     "$a$",         "/*",    "*/",       "--", "\n",   "(",    ")",
        "[",      "]",     ";",      "::",     ".",           ",",     "*",        "E'", "U&\"", "\\",   " AS ",
        " CASE ", " END ", " ELSE ", " FROM ", " RETURNING ", "WITH ", " SELECT ", "1",  "e",    "\xff", " OVER "};
    std::size_t well_formed = 0;
    for (int round = 0; round < 40'000; ++round) {
        std::string text(round % 2 == 0 ? meanings[below(std::size(meanings))].text
                                        : forms[below(std::size(forms))].text);
        for (std::size_t i = 0, n = 1 + below(4); i < n; ++i) {
            const std::size_t at = below(text.size() + 1);
            switch (below(4)) {
            case 0:
                text.insert(at, pieces[below(std::size(pieces))]);
                break;
            case 1:
                text.erase(at, below(8));
                break;
            case 2:
                text = text.substr(at) + text.substr(0, at);
                break;
            default:
                if (at < text.size()) text[at] = static_cast<char>(below(256));
            }
        }
        const scan_result r = scan(text);
        well_formed += r.ok();
        BOOST_TEST_REQUIRE(r.offset <= text.size());
        BOOST_TEST_REQUIRE(r.list_offset <= text.size());
        BOOST_TEST_REQUIRE(r.column_count <= scan_result::max_columns);
        for (std::size_t i = 0; i < r.column_count; ++i) {
            const std::string_view name = r.columns[i].name;
            if (name.empty() || name == "case") continue;
            BOOST_TEST_REQUIRE((name.data() >= text.data() && name.data() + name.size() <= text.data() + text.size()));
        }
    }
    BOOST_TEST(well_formed > 1000U);
}
