// B41: an order is made of columns and a direction that is a type; no text becomes an ORDER BY.
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using pgrepo::asc;
using pgrepo::col;
using pgrepo::desc;
using pgrepo::order_by;

namespace {

struct Word {
    std::int32_t id{};
    std::string word;
    std::optional<std::string> order{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"words">, pgrepo::primary_key<&Word::id>>;
};
using repository = pgrepo::table_repository<Word, test::recording_executor>;
using filter = decltype(col<&Word::word> == std::string_view());
using ascending = decltype(asc<&Word::word>);
using member = std::string Word::*;

template <class... Terms>
concept Orderable = requires(Terms... terms) { order_by(terms...); };
template <class Order>
concept Finds = requires(const repository& words, Order order) { words.find_all(order); };
template <class Order>
concept FindsFiltered =
    requires(const repository& words, const filter& only, Order order) { words.find_all(only, order); };
template <class Order>
concept FindsOne = requires(const repository& words, const filter& only, Order order) { words.find_one(only, order); };
template <class Order>
concept FindsPage =
    requires(const repository& words, const filter& only, Order order) { words.find_page(only, order); };
template <class Order>
concept Orders = Finds<Order> || FindsFiltered<Order> || FindsOne<Order> || FindsPage<Order>;

// what is offered
static_assert(Orderable<ascending> && Orderable<ascending, decltype(desc<&Word::order>)> && Orderable<>);
using typed = decltype(order_by(asc<&Word::word>));
static_assert(Finds<typed> && FindsFiltered<typed> && FindsOne<typed> && FindsPage<typed>);

// no text, no member alone, no number of a column, no direction beside it
static_assert(!Orderable<const char*> && !Orderable<std::string> && !Orderable<std::string_view>);
static_assert(!Orderable<ascending, const char*> && !Orderable<const char*, ascending>);
static_assert(!Orderable<ascending, std::string> && !Orderable<std::string, const char*>);
static_assert(!Orderable<member> && !Orderable<int> && !Orderable<ascending, bool>);
static_assert(!Orderable<pgrepo::fixed_string<5>>);
static_assert(!Orders<const char*> && !Orders<std::string> && !Orders<std::string_view>);
static_assert(!Orders<member> && !Orders<int> && !Orders<pgrepo::unsafe_sql>);
static_assert(!Orders<decltype(pgrepo::sql<"word">)>);
// one term is no order either: it is made by order_by, which checks it
static_assert(!Orders<ascending>);

} // namespace

BOOST_AUTO_TEST_SUITE(B41)

BOOST_AUTO_TEST_CASE(an_order_is_columns_and_directions) {
    test::recording_executor db;
    const repository words(db);
    (void)words.find_all(order_by(asc<&Word::word>));
    BOOST_TEST(db.last.text == R"(SELECT "id", "word", "order" FROM "words" ORDER BY "word")");
    BOOST_TEST(db.last.values.empty());
    (void)words.find_all(order_by(desc<&Word::order>, asc<&Word::id>, desc<&Word::word>));
    BOOST_TEST(db.last.text == R"(SELECT "id", "word", "order" FROM "words" ORDER BY "order" DESC, "id", "word" DESC)");
}

BOOST_AUTO_TEST_CASE(a_value_never_becomes_one) {
    test::recording_executor db;
    const repository words(db);
    for (const char* value : {"word DESC; DROP TABLE canary", "1", "word", "\"word\"", "random()"}) {
        (void)words.find_all(col<&Word::word> == value, order_by(desc<&Word::word>));
        BOOST_TEST(db.last.text ==
                   R"(SELECT "id", "word", "order" FROM "words" WHERE "word" = $1 ORDER BY "word" DESC)");
        BOOST_TEST(db.last.values.at(0).value() == value);
    }
}

BOOST_AUTO_TEST_SUITE_END()
