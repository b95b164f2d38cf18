// B45: a text that is made when the program runs becomes a statement in one way only, which says so: unsafe_sql.
#include "support/recording_executor.hpp"

#include <pgrepo/base/result.hpp>
#include <pgrepo/codec/codecs.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

using pgrepo::query;
using pgrepo::sql;
using pgrepo::unsafe_sql;

namespace {

struct Row {
    std::int32_t n{};
};
using db_type = test::recording_executor;

template <class Statement>
concept Executes = requires(db_type& db, Statement statement) { db.execute(statement); };
template <class Statement>
concept ExecutesForRows = requires(db_type& db, Statement statement) { db.template execute<Row>(statement); };
template <class Statement>
concept Selects = requires(db_type& db, Statement statement) { db.template select<Row>(statement); };
template <class Statement>
concept SelectsOne = requires(db_type& db, Statement statement) { db.template select_one<Row>(statement); };
template <class Statement>
concept Inserts = requires(db_type& db, Statement statement) { db.insert(statement); };
template <class Statement>
concept Updates = requires(db_type& db, Statement statement) { db.update(statement); };
template <class Statement>
concept Removes = requires(db_type& db, Statement statement) { db.remove(statement); };

template <class Statement>
constexpr bool is_taken = Executes<Statement> || ExecutesForRows<Statement> || Selects<Statement> ||
                          SelectsOne<Statement> || Inserts<Statement> || Updates<Statement> || Removes<Statement>;

// what is offered
using constant = std::remove_cv_t<decltype(sql<"SELECT 1 AS n">)>;
static_assert(Executes<constant> && ExecutesForRows<constant> && Selects<constant> && SelectsOne<constant>);
static_assert(Selects<std::remove_cv_t<decltype(query<Row, "SELECT 1 AS n">)>>);
static_assert(Executes<unsafe_sql> && Selects<unsafe_sql> && SelectsOne<unsafe_sql> && Inserts<unsafe_sql>);

// no text is a statement
static_assert(!is_taken<std::string> && !is_taken<const std::string&> && !is_taken<std::string_view>);
static_assert(!is_taken<const char*> && !is_taken<char*> && !is_taken<std::nullptr_t>);
static_assert(!is_taken<pgrepo::fixed_string<9>>);

// nor becomes one by itself: unsafe_sql is written out
static_assert(std::is_constructible_v<unsafe_sql, std::string> && std::is_constructible_v<unsafe_sql, const char*>);
static_assert(!std::is_convertible_v<std::string, unsafe_sql> && !std::is_convertible_v<const char*, unsafe_sql> &&
              !std::is_convertible_v<std::string_view, unsafe_sql>);

// a constant statement has no text but the one in its type, and that is made of a literal
static_assert(!std::is_constructible_v<constant, std::string> && !std::is_constructible_v<constant, const char*> &&
              !std::is_constructible_v<constant, std::string_view> && !std::is_constructible_v<constant, unsafe_sql>);
static_assert(!std::is_assignable_v<constant&, std::string> && !std::is_assignable_v<constant&, unsafe_sql>);
static_assert(!std::is_constructible_v<pgrepo::fixed_string<9>, std::string> &&
              !std::is_constructible_v<pgrepo::fixed_string<9>, const char*> &&
              !std::is_constructible_v<pgrepo::fixed_string<9>, std::string_view>);
// what a verb makes of it below takes these two and nothing else
static_assert(std::is_constructible_v<pgrepo::checked<void>, constant> &&
              std::is_constructible_v<pgrepo::checked<void>, unsafe_sql>);
static_assert(!std::is_constructible_v<pgrepo::checked<void>, std::string> &&
              !std::is_constructible_v<pgrepo::checked<void>, const char*> &&
              !std::is_constructible_v<pgrepo::checked<void>, std::string_view>);

} // namespace

BOOST_AUTO_TEST_SUITE(B45)

BOOST_AUTO_TEST_CASE(a_constant_statement_is_in_the_program) {
    db_type db;
    (void)db.select<Row>(sql<"SELECT 1 AS n", "one">);
    BOOST_TEST(db.last.text == "SELECT 1 AS n");
    BOOST_TEST(db.last.id == "one");
    BOOST_TEST(db.last.prepare);
    static_assert(constant::text.view() == "SELECT 1 AS n");
}

BOOST_AUTO_TEST_CASE(a_text_of_run_time_is_unsafe_by_name) {
    db_type db;
    const std::string text = std::string("SELECT ") + std::to_string(7) + " AS n";
    (void)db.select<Row>(unsafe_sql(text, "seven"));
    BOOST_TEST(db.last.text == text);
    BOOST_TEST(db.last.id == "seven");
    BOOST_TEST(!db.last.prepare); // and leaves no prepared statement behind unless asked to
    (void)db.select<Row>(unsafe_sql(text, "seven", true));
    BOOST_TEST(db.last.prepare);
}

BOOST_AUTO_TEST_CASE(its_placeholders_are_counted_before_it_is_sent) {
    db_type db;
    const auto outcome = pgrepo::try_([&] { return db.execute(unsafe_sql("DELETE FROM t WHERE a = $1")); });
    BOOST_TEST((!outcome && outcome.error().kind() == pgrepo::error_kind::usage));
    BOOST_TEST(db.calls == 0);
}

BOOST_AUTO_TEST_SUITE_END()
