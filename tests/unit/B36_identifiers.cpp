// B36: whatever a name holds, it is one quoted identifier, in its own case, in every statement.
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using pgrepo::asc;
using pgrepo::col;
using pgrepo::desc;
using pgrepo::order_by;
using pgrepo::table_repository;

namespace {

/// The same record in a table of any name.
template <pgrepo::fixed_string Name> struct Named {
    std::int32_t id{};
    std::string value;
    std::optional<pgrepo::timestamptz> gone{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<Name>, pgrepo::primary_key<&Named::id>, pgrepo::soft_delete<&Named::gone>>;
};
template <pgrepo::fixed_string Name> struct NamedPatch {
    std::optional<std::string> value{};
};

/// Every statement of the record, with `quoted` where the table stands.
template <pgrepo::fixed_string Name> void check(const std::string& quoted) {
    using record = Named<Name>;
    test::recording_executor db;
    const table_repository<record, test::recording_executor> rows(db);
    const auto text = [&](auto&& call) {
        call();
        return db.last.text;
    };
    const std::string columns = R"("id", "value", "gone")";
    const std::string there = R"( AND "gone" IS NULL)";
    BOOST_TEST(pgrepo::table_of<record> == Name.view());
    BOOST_TEST(text([&] { (void)rows.find(1); }) ==
               "SELECT " + columns + " FROM " + quoted + R"( WHERE "id" = $1)" + there);
    BOOST_TEST(db.last.id == std::string(Name.view()) + ".find");
    BOOST_TEST(text([&] { (void)rows.find_by_ids({1}); }) ==
               "SELECT " + columns + " FROM " + quoted + R"( WHERE "id" = ANY($1))" + there);
    BOOST_TEST(text([&] {
                   (void)rows.find_one(col<&record::value> == "x", order_by(desc<&record::value>, asc<&record::gone>));
               }) == "SELECT " + columns + " FROM " + quoted + R"( WHERE "value" = $1)" + there +
                         R"( ORDER BY "value" DESC, "gone" LIMIT 1)");
    BOOST_TEST(text([&] { (void)rows.count(); }) == "SELECT count(*) FROM " + quoted + R"( WHERE "gone" IS NULL)");
    BOOST_TEST(text([&] { (void)rows.exists(); }) ==
               "SELECT EXISTS (SELECT FROM " + quoted + R"( WHERE "gone" IS NULL))");
    BOOST_TEST(text([&] { (void)rows.with_deleted().find_all(); }) == "SELECT " + columns + " FROM " + quoted);
    BOOST_TEST(text([&] { rows.create(record{}); }) ==
               "INSERT INTO " + quoted + " (" + columns + ") VALUES ($1, $2, $3) RETURNING " + columns);
    BOOST_TEST(text([&] { rows.update(1, NamedPatch<Name>{.value = "x"}); }) ==
               "UPDATE " + quoted + R"( SET "value" = $1 WHERE "id" = $2)" + there + " RETURNING " + columns);
    BOOST_TEST(text([&] { rows.remove(1); }) == "UPDATE " + quoted + R"( SET "gone" = now() WHERE "id" = $1)" + there);
    BOOST_TEST(text([&] { rows.restore(1); }) ==
               "UPDATE " + quoted + R"( SET "gone" = NULL WHERE "id" = $1 AND "gone" IS NOT NULL)");

    // the page names the table twice and nothing else of it
    const std::string page = text([&] { (void)rows.find_page(); });
    std::size_t named = 0;
    for (std::size_t at = page.find(" FROM " + quoted + " WHERE"); at != page.npos;
         at = page.find(" FROM " + quoted + " WHERE", at + 1))
        ++named;
    BOOST_TEST(named == 2U);
    BOOST_TEST(db.last.terminated);
}

/// Columns of every kind that C++ can spell: reserved in SQL, mixed case, leading underscore, other alphabets.
struct Columns {
    std::int64_t select{};
    std::string from{};
    std::string WHERE{};
    std::string MixedCase{};
    std::string _1st{};
    std::string größe{};
    std::string Straße{};
    std::string 名前{};
    std::string имя{};
    std::string ctid{};
    std::string xmin_{};
    std::string user{};
    std::string null{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"columns">, pgrepo::primary_key<&Columns::select>>;
};

} // namespace

BOOST_AUTO_TEST_SUITE(B36)

BOOST_AUTO_TEST_CASE(plain_and_reserved_names_are_quoted) {
    check<"users">(R"("users")");
    check<"user">(R"("user")");
    check<"select">(R"("select")");
    check<"TABLE">(R"("TABLE")");
    check<"current_user">(R"("current_user")");
}

BOOST_AUTO_TEST_CASE(case_and_leading_digits_are_kept) {
    check<"Users">(R"("Users")");
    check<"userAccounts">(R"("userAccounts")");
    check<"2fa_tokens">(R"("2fa_tokens")");
    check<"0">(R"("0")");
    check<"$1">(R"("$1")");
    check<"_">(R"("_")");
}

BOOST_AUTO_TEST_CASE(quotes_are_doubled_and_all_else_stays) {
    check<"we\"ird">(R"("we""ird")");
    check<"\"">(R"("""")");
    check<"\"\"">(R"("""""")");
    check<"\"users\"">(R"("""users""")");
    check<"we\"ird; DROP TABLE canary; --">(R"("we""ird; DROP TABLE canary; --")");
    check<"it's">(R"("it's")");
    check<"back\\slash">(R"("back\slash")");
    check<"\\\"">(R"("\""")");
    check<"a b\tc\nd">("\"a b\tc\nd\"");
    check<"/* */ -- $$ :x ? {} %s">(R"("/* */ -- $$ :x ? {} %s")");
    check<" ">(R"(" ")");
}

BOOST_AUTO_TEST_CASE(a_dot_splits_once) {
    check<"app.users">(R"("app"."users")");
    check<"App.Users">(R"("App"."Users")");
    check<"my app.my users">(R"("my app"."my users")");
    check<"a\"b.c\"d">(R"("a""b"."c""d")");
    check<"\".\"">(R"(""""."""")");
    check<"we\"ird; --.DROP TABLE canary">(R"("we""ird; --"."DROP TABLE canary")");
    check<"1.2">(R"("1"."2")");
    // three parts are a database's, and no name ends in a dot
    using pgrepo::detail::is_record;
    static_assert(is_record<Named<"a.b">>);
    static_assert(!is_record<Named<"a.b.c">> && !is_record<Named<"a..b">>);
    static_assert(!is_record<Named<"a.">> && !is_record<Named<".a">> && !is_record<Named<".">>);
}

BOOST_AUTO_TEST_CASE(other_alphabets_stay_as_they_are) {
    check<"größe">("\"größe\"");
    check<"Größen.Maß">("\"Größen\".\"Maß\"");
    check<"名前">("\"名前\"");
    check<"имя.таблица">("\"имя\".\"таблица\"");
    check<"\xF0\x9F\x98\x80">("\"\xF0\x9F\x98\x80\"");
    check<"e\xCC\x81">("\"e\xCC\x81\"");                                 // combining: two code points, not made one
    check<"\xEF\xBC\x82; --">("\"\xEF\xBC\x82; --\"");                   // a full-width quotation mark is none
    check<"\xE2\x80\x9Cx\xE2\x80\x9D">("\"\xE2\x80\x9Cx\xE2\x80\x9D\""); // nor are curly ones
}

BOOST_AUTO_TEST_CASE(columns_are_quoted_too) {
    test::recording_executor db;
    const table_repository<Columns, test::recording_executor> rows(db);
    const std::string columns = "\"select\", \"from\", \"WHERE\", \"MixedCase\", \"_1st\", \"größe\", \"Straße\", "
                                "\"名前\", \"имя\", \"ctid\", \"xmin_\", \"user\", \"null\"";
    (void)rows.find(7);
    BOOST_TEST(db.last.text == "SELECT " + columns + " FROM \"columns\" WHERE \"select\" = $1");
    (void)rows.find_all((col<&Columns::größe> == "1" || col<&Columns::WHERE>.like("2")) &&
                            col<&Columns::名前>.in({std::string("3")}) && !(col<&Columns::null> < "4"),
                        order_by(asc<&Columns::Straße>, desc<&Columns::from>));
    BOOST_TEST(db.last.text == "SELECT " + columns +
                                   " FROM \"columns\" WHERE (((\"größe\" = $1 OR \"WHERE\" LIKE $2) AND "
                                   "\"名前\" = ANY($3)) AND NOT (\"null\" < $4)) "
                                   "ORDER BY \"Straße\", \"from\" DESC");
    rows.create(Columns{});
    BOOST_TEST(db.last.text == "INSERT INTO \"columns\" (" + columns +
                                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING " +
                                   columns);
}

BOOST_AUTO_TEST_SUITE_END()
