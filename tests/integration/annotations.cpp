// The annotations of a mapping on a server: versions that two writers disagree about, embedded structs, renamed and quoted
// columns, columns that only the database writes, a mapping that stands outside its struct.

#include "integration/service_support.hpp"

#include <pgrepo/pgrepo.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

using namespace service_test;
using pgrepo::col;

namespace {

struct Address {
    std::string street{};
    std::string city{};
    std::optional<std::string> zip{};
};

struct Account {
    std::int64_t id{};
    std::string owner{};
    Address home{};
    std::int64_t balance{};
    std::int32_t revision{};
    std::int64_t doubled{};
    pgrepo::timestamptz changed_at{};
    std::optional<pgrepo::timestamptz> closed_at{};
};

} // namespace

template <>
struct pgrepo::mapping<Account>
    : pgrepo::annotations<pgrepo::table<"Bank.select">, pgrepo::primary_key<&Account::id>,
                          pgrepo::renamed<&Account::owner, "Owner's \"name\"">,
                          pgrepo::embedded<&Account::home, "home_">, pgrepo::version<&Account::revision>,
                          pgrepo::read_only<&Account::doubled>, pgrepo::touched<&Account::changed_at>,
                          pgrepo::sensitive<&Account::balance>, pgrepo::soft_delete<&Account::closed_at>,
                          pgrepo::default_order<pgrepo::desc<&Account::id>>> {};

namespace {

constexpr const char* schema = R"(
    CREATE SCHEMA "Bank";
    CREATE TABLE "Bank"."select" (
        id bigint PRIMARY KEY, "Owner's ""name""" text NOT NULL, home_street text NOT NULL, home_city text NOT NULL,
        home_zip text, balance bigint NOT NULL, revision integer NOT NULL,
        doubled bigint NOT NULL GENERATED ALWAYS AS (balance * 2) STORED, changed_at timestamptz NOT NULL,
        closed_at timestamptz);)";

struct NewAccount {
    std::int64_t id{};
    std::string owner{};
    Address home{};
    std::int64_t balance{};
};
struct Pay {
    std::optional<std::int64_t> balance{};
    std::int32_t revision{};
};
struct Move {
    std::optional<Address> home{};
    std::optional<std::string> owner{};
};

struct fixture {
    database db{schema};
    pgrepo::postgres_service service{db.config()};
    pgrepo::table_repository<Account> accounts{service};
    Account ada =
        accounts.create(NewAccount{.id = 1, .owner = "Ada", .home = {"Main St", "London", {}}, .balance = 50});
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(annotations, fixture)

BOOST_AUTO_TEST_CASE(what_is_created_comes_back_whole) {
    BOOST_TEST(ada.owner == "Ada");
    BOOST_TEST(ada.home.street == "Main St");
    BOOST_TEST(ada.home.city == "London");
    BOOST_TEST(!ada.home.zip.has_value());
    BOOST_TEST(ada.revision == 1);
    BOOST_TEST(ada.doubled == 100);
    const auto found = accounts.find_one(col<&Account::owner> == "Ada");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->home.city == "London");
    BOOST_TEST((found->changed_at == ada.changed_at));
}

BOOST_AUTO_TEST_CASE(a_full_record_is_created_and_updated_without_what_is_not_its_to_write) {
    Account grace = ada;
    grace.id = 2;
    grace.home.zip = "SW1";
    grace.doubled = 7; // the database's
    grace.revision = 99;
    const Account made = accounts.create(grace);
    BOOST_TEST(made.revision == 1);
    BOOST_TEST(made.doubled == 100);
    Account richer = made;
    richer.balance = 60;
    richer.home.zip.reset();
    const Account changed = accounts.update(2, richer);
    BOOST_TEST(changed.revision == 2);
    BOOST_TEST(changed.doubled == 120);
    BOOST_TEST(!changed.home.zip.has_value());
    BOOST_TEST((changed.changed_at > made.changed_at));
    const auto all = accounts.find_all();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].id == 2); // the default order
}

BOOST_AUTO_TEST_CASE(an_embedded_struct_is_patched_as_one) {
    const Account moved = accounts.update(1, Move{.home = Address{"High St", "Oxford", "OX1"}});
    BOOST_TEST(moved.home.city == "Oxford");
    BOOST_TEST(moved.home.zip.value() == "OX1");
    BOOST_TEST(moved.owner == "Ada");
    BOOST_TEST(moved.revision == 2); // counted, though it was not asked for
    BOOST_TEST(accounts.update(1, Move{}).revision == 2);
}

BOOST_AUTO_TEST_CASE(a_version_that_is_not_the_expected_one_refuses_and_shows_the_row) {
    BOOST_TEST(accounts.update(1, Pay{.balance = 40, .revision = 1}).revision == 2);
    try {
        accounts.update(1, Pay{.balance = 0, .revision = 1});
        BOOST_ERROR("a stale patch was written");
    } catch (const pgrepo::stale_version_error<Account>& stale) {
        BOOST_TEST((stale.kind() == error_kind::stale_version));
        BOOST_TEST(stale.statement_id() == "Bank.select.update");
        BOOST_TEST(stale.where().line() != 0U);
        BOOST_TEST(stale.current().balance == 40);
        BOOST_TEST(stale.current().revision == 2);
        BOOST_TEST(stale.current().home.street == "Main St");
    }
    BOOST_TEST(accounts.find(1)->balance == 40);
    // as the error that it is
    BOOST_CHECK_THROW(accounts.update(1, Pay{.balance = 0, .revision = 1}), pgrepo::error);
    // without a change it is asked all the same
    BOOST_TEST(accounts.update(1, Pay{.revision = 2}).balance == 40);
    BOOST_CHECK_THROW(accounts.update(1, Pay{.revision = 1}), pgrepo::stale_version_error<Account>);
}

BOOST_AUTO_TEST_CASE(no_record_is_not_found_and_not_stale) {
    const auto kind_of = [&](std::int64_t id) {
        try {
            accounts.update(id, Pay{.balance = 0, .revision = 1});
        } catch (const pgrepo::error& failure) {
            return failure.kind();
        }
        return error_kind::usage;
    };
    BOOST_TEST((kind_of(77) == error_kind::not_found));
    BOOST_TEST(accounts.remove(1));
    BOOST_TEST((kind_of(1) == error_kind::not_found));
    BOOST_TEST(accounts.with_deleted().find(1)->revision == 2); // removing is a change
    BOOST_TEST(accounts.restore(1));
    BOOST_TEST(accounts.find(1)->revision == 3);
}

// The second writer's snapshot is older than the first one's commit: the row that it is shown must not be.
BOOST_AUTO_TEST_CASE(a_writer_that_waited_sees_the_row_that_won) {
    session other = db.connect();
    other.run("BEGIN");
    other.run(R"(UPDATE "Bank"."select" SET balance = 7, revision = revision + 1 WHERE id = 1)");
    auto late = std::async(std::launch::async, [&] {
        try {
            accounts.update(1, Pay{.balance = 0, .revision = 1});
        } catch (const pgrepo::stale_version_error<Account>& stale) {
            return stale.current();
        }
        return Account{};
    });
    session onlooker = db.connect();
    wait_for("the second writer to wait for the row", [&] {
        return onlooker.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                            "application_name = 'pgrepo' AND wait_event_type = 'Lock'") == "1";
    });
    other.run("COMMIT");
    const Account current = late.get();
    BOOST_TEST(current.revision == 2);
    BOOST_TEST(current.balance == 7);
    BOOST_TEST(accounts.find(1)->balance == 7);
}

BOOST_AUTO_TEST_CASE(in_a_transaction_a_stale_patch_leaves_it_usable) {
    service.with_transaction([&](pgrepo::transaction& tx) {
        auto inside = accounts.with(tx);
        BOOST_CHECK_THROW(inside.update(1, Pay{.balance = 0, .revision = 9}), pgrepo::stale_version_error<Account>);
        BOOST_TEST(inside.update(1, Pay{.balance = 1, .revision = 1}).revision == 2);
    });
    BOOST_TEST(accounts.find(1)->balance == 1);
}

BOOST_AUTO_TEST_CASE(eight_writers_with_one_version_have_one_winner) {
    std::vector<std::future<int>> writers;
    for (int i = 0; i < 8; ++i)
        writers.push_back(std::async(std::launch::async, [&, i] {
            try {
                accounts.update(1, Pay{.balance = 100 + i, .revision = 1});
                return 1;
            } catch (const pgrepo::stale_version_error<Account>& stale) {
                return stale.current().revision == 2 ? 0 : 100;
            }
        }));
    int winners = 0;
    for (auto& writer : writers) winners += writer.get();
    BOOST_TEST(winners == 1);
    BOOST_TEST(accounts.find(1)->revision == 2);
}

BOOST_AUTO_TEST_CASE(a_record_is_a_row_of_a_statement_too) {
    const auto rows = service.select<Account>(
        pgrepo::sql<R"(SELECT closed_at, changed_at, doubled, revision, balance, home_zip, home_city, home_street,
                       "Owner's ""name""", id FROM "Bank"."select" WHERE id = $1)">,
        std::int64_t{1});
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0].home.city == "London");
    BOOST_TEST(rows[0].owner == "Ada");
}

BOOST_AUTO_TEST_CASE(text_that_looks_like_a_pattern_is_text) {
    accounts.create(NewAccount{.id = 2, .owner = "100%_\\x"});
    accounts.create(NewAccount{.id = 3, .owner = "100 of x"});
    BOOST_TEST(accounts.count(col<&Account::owner>.starts_with("100%_")) == 1);
    BOOST_TEST(accounts.count(col<&Account::owner>.contains("%_\\")) == 1);
    BOOST_TEST(accounts.count(col<&Account::owner>.ends_with("x")) == 2);
    BOOST_TEST(accounts.count(col<&Account::owner>.starts_with("100")) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
