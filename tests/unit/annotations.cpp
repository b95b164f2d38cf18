// What each annotation makes of the statements and of the values that travel.

#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>
#include <pgrepo/testing.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using pgrepo::col;

struct Address {
    std::string street;
    std::string city;
    std::optional<std::string> zip{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::renamed<&Address::zip, "post_code">>;
};

struct Order {
    std::int64_t id{};
    std::string name{};
    Address ship_to{};
    std::string secret_note{};
    std::int32_t revision{};
    std::int64_t total{};
    pgrepo::timestamptz changed_at{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"Shop.Order Book">, pgrepo::primary_key<&Order::id>,
                            pgrepo::renamed<&Order::name, "select">, pgrepo::embedded<&Order::ship_to, "ship_">,
                            pgrepo::sensitive<&Order::secret_note>, pgrepo::version<&Order::revision>,
                            pgrepo::read_only<&Order::total>, pgrepo::touched<&Order::changed_at>,
                            pgrepo::default_order<pgrepo::desc<&Order::revision>, pgrepo::asc<&Order::name>>>;
};

constexpr const char* all =
    R"("id", "select", "ship_street", "ship_city", "ship_post_code", "secret_note", "revision", "total", "changed_at")";
constexpr const char* from = R"( FROM "Shop"."Order Book")";

struct NewOrder {
    std::int64_t id{};
    std::string name;
    Address ship_to{};
    std::string secret_note;
};
struct Move {
    std::optional<std::string> name{};
    std::optional<Address> ship_to{};
};
struct CheckedMove {
    std::optional<std::string> name{};
    std::int32_t revision{};
};

struct fixture {
    test::recording_executor db{};
    pgrepo::table_repository<Order, test::recording_executor> orders{db};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(annotations, fixture)

BOOST_AUTO_TEST_CASE(the_columns_say_what_the_mapping_says) {
    constexpr auto& columns = pgrepo::columns_of<Order>;
    BOOST_TEST(columns.size() == 9U);
    BOOST_TEST(columns[1].name == "select");
    BOOST_TEST(columns[4].name == "ship_post_code");
    BOOST_TEST(columns[4].nullable);
    BOOST_TEST(columns[4].field == 2U);
    BOOST_TEST(columns[4].inner == 2U);
    BOOST_TEST(columns[5].sensitive);
    BOOST_TEST(!columns[4].sensitive);
    BOOST_TEST(columns[6].version);
    BOOST_TEST(columns[7].read_only);
    BOOST_TEST(columns[8].touched);
}

// Errors and logs go by it.
BOOST_AUTO_TEST_CASE(every_statement_of_a_record_with_sensitive_columns_says_so) {
    const auto said = [&] { return std::exchange(db.last.sensitive, false); };
    (void)orders.find(7);
    BOOST_TEST(said());
    (void)orders.find_by_ids({7});
    BOOST_TEST(said());
    (void)orders.find_one(col<&Order::name> == "x");
    BOOST_TEST(said());
    (void)orders.find_all();
    BOOST_TEST(said());
    (void)orders.find_page();
    BOOST_TEST(said());
    (void)orders.find_page({.total = pgrepo::total::none});
    BOOST_TEST(said());
    (void)orders.count();
    BOOST_TEST(said());
    (void)orders.exists();
    BOOST_TEST(said());
    (void)orders.create(NewOrder{});
    BOOST_TEST(said());
    (void)orders.update(7, Move{.name = "x"});
    BOOST_TEST(said());
    (void)orders.update(7, CheckedMove{.name = "x"});
    BOOST_TEST(said());
    (void)orders.update(7, Move{});
    BOOST_TEST(said());
    (void)orders.remove(7);
    BOOST_TEST(said());
    (void)db.select_value<std::int32_t>(pgrepo::sql<"SELECT 1">);
    BOOST_TEST(!said());
}

BOOST_AUTO_TEST_CASE(renamed_and_embedded_columns_are_read) {
    (void)orders.find(7);
    BOOST_TEST(db.last.text == std::string("SELECT ") + all + from + R"( WHERE "id" = $1)");
    (void)orders.find_one(col<&Order::name> == "x");
    BOOST_TEST(db.last.text == std::string("SELECT ") + all + from +
                                   R"( WHERE "select" = $1 ORDER BY "revision" DESC, "select" LIMIT 1)");
}

BOOST_AUTO_TEST_CASE(the_default_order_gives_way_to_one_that_is_given) {
    (void)orders.find_all();
    BOOST_TEST(db.last.text == std::string("SELECT ") + all + from + R"( ORDER BY "revision" DESC, "select")");
    (void)orders.find_all(pgrepo::order_by(pgrepo::asc<&Order::id>));
    BOOST_TEST(db.last.text == std::string("SELECT ") + all + from + R"( ORDER BY "id")");
}

BOOST_AUTO_TEST_CASE(create_starts_the_version_and_the_time) {
    const NewOrder draft{.id = 7, .name = "n", .ship_to = {"s", "c", {}}, .secret_note = "x"};
    (void)orders.create(draft);
    BOOST_TEST(
        db.last.text ==
        std::string(
            R"(INSERT INTO "Shop"."Order Book" ("id", "select", "ship_street", "ship_city", "ship_post_code", "secret_note", )"
            R"("revision", "changed_at") VALUES ($1, $2, $3, $4, $5, $6, 1, now()) RETURNING )") +
            all);
    BOOST_TEST(db.last.values.size() == 6U);
    BOOST_TEST(db.last.values[2].value() == "s");
    BOOST_TEST(db.last.values[3].value() == "c");
    BOOST_TEST(!db.last.values[4].has_value());
    (void)orders.create(Order{.id = 7});
    BOOST_TEST(db.last.values.size() == 6U); // neither version nor time nor what is read only
}

BOOST_AUTO_TEST_CASE(a_patch_counts_the_version_and_sets_the_time) {
    (void)orders.update(7, Move{.name = "n"});
    BOOST_TEST(db.last.text ==
               std::string(R"(UPDATE "Shop"."Order Book" SET "select" = $1, "revision" = "revision" + 1, )"
                           R"("changed_at" = now() WHERE "id" = $2 RETURNING )") +
                   all);
    (void)orders.update(7, Move{.ship_to = Address{"s", "c", "z"}});
    BOOST_TEST(db.last.text == std::string(R"(UPDATE "Shop"."Order Book" SET "ship_street" = $1, "ship_city" = $2, )"
                                           R"("ship_post_code" = $3, "revision" = "revision" + 1, )"
                                           R"("changed_at" = now() WHERE "id" = $4 RETURNING )") +
                                   all);
    BOOST_TEST(db.last.values.size() == 4U);
    BOOST_TEST(db.last.values[2].value() == "z");
    (void)orders.update(7, Move{}); // nothing to change: the record is read
    BOOST_TEST(db.last.id == "Shop.Order Book.find");
}

BOOST_AUTO_TEST_CASE(an_expected_version_is_checked_in_the_same_statement) {
    (void)orders.update(7, CheckedMove{.name = "n", .revision = 3});
    const std::string current = std::string("SELECT ") + all + from + R"( WHERE "id" = $2)";
    BOOST_TEST(db.last.text ==
               std::string(R"(WITH "pgrepo changed" AS (UPDATE "Shop"."Order Book" SET "select" = $1, "revision" = )"
                           R"("revision" + 1, "changed_at" = now() WHERE "id" = $2 AND "revision" = $3 RETURNING )") +
                   all + R"(), "pgrepo current" AS ()" + current +
                   R"( AND NOT EXISTS (SELECT FROM "pgrepo changed") FOR SHARE) SELECT true AS "pgrepo fresh", )" +
                   all + R"( FROM "pgrepo changed" UNION ALL SELECT false, )" + all + R"( FROM "pgrepo current")");
    BOOST_TEST(db.last.values.size() == 3U);
    // a full record expects the version that it holds
    (void)orders.update(7, Order{.id = 7, .revision = 4});
    BOOST_TEST(db.last.types.back() == pgrepo::oids::int4);
    BOOST_TEST(db.last.values.back().value() == std::string("\0\0\0\4", 4));
    // and a patch that changes nothing only asks
    (void)orders.update(7, CheckedMove{.revision = 3});
    BOOST_TEST(db.last.text ==
               std::string(R"(SELECT "revision" = $2 AS "pgrepo fresh", )") + all + from + R"( WHERE "id" = $1)");
}

namespace {

// A trigger counts here: the version is compared and never written.
struct Counted {
    std::int64_t id{};
    std::string name{};
    std::int32_t revision{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"counted">, pgrepo::primary_key<&Counted::id>,
                            pgrepo::version<&Counted::revision>, pgrepo::read_only<&Counted::revision>>;
};
struct Rename {
    std::string name{};
    std::int32_t revision{};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_version_that_the_database_counts_is_compared_and_not_written) {
    pgrepo::table_repository<Counted, test::recording_executor> counted{db};
    (void)counted.update(7, Rename{.name = "n", .revision = 3});
    BOOST_TEST(db.last.text.starts_with(R"(WITH "pgrepo changed" AS (UPDATE "counted" SET "name" = $1 WHERE "id" = $2 )"
                                        R"(AND "revision" = $3 RETURNING )"));
    (void)counted.update(7, Counted{.id = 7, .name = "n", .revision = 3});
    BOOST_TEST(db.last.text.starts_with(R"(WITH "pgrepo changed" AS (UPDATE "counted" SET "name" = $1 WHERE "id" = $2 )"
                                        R"(AND "revision" = $3 RETURNING )"));
    (void)counted.create(Counted{.id = 7, .name = "n"});
    BOOST_TEST(db.last.text.starts_with(R"(INSERT INTO "counted" ("id", "name") VALUES ($1, $2) RETURNING )"));
}

BOOST_AUTO_TEST_CASE(embedded_values_come_back_where_they_belong) {
    pgrepo::scripted_service scripted;
    const Order order{.id = 7,
                      .name = "n",
                      .ship_to = {"street", "city", "zip"},
                      .secret_note = "x",
                      .revision = 2,
                      .total = 100,
                      .changed_at = {}};
    scripted.answer("Shop.Order Book.find", pgrepo::canned_rows::of(std::vector{order}));
    const auto found = pgrepo::repository_of<Order>(scripted).find(7);
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->name == "n");
    BOOST_TEST(found->ship_to.street == "street");
    BOOST_TEST(found->ship_to.city == "city");
    BOOST_TEST(found->ship_to.zip.value() == "zip");
    BOOST_TEST(found->revision == 2);
    BOOST_TEST(found->total == 100);
}

BOOST_AUTO_TEST_SUITE_END()
