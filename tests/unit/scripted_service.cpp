// The fake that unit tests of a user's program are written with. This program links without libpq: pgrepo_test(… NO_LIBPQ).

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/codec/enumeration.hpp>
#include <pgrepo/repository/table_repository.hpp>
#include <pgrepo/testing.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using pgrepo::canned_rows;
using pgrepo::col;
using pgrepo::error_kind;
using pgrepo::scripted_service;
using pgrepo::sql;

namespace scripted_test {

enum class Status { active, closed };

struct User {
    std::int32_t id{};
    std::string email{};
    Status status{};
    std::optional<std::string> note{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"users">, pgrepo::primary_key<&User::id>, pgrepo::generated<&User::id>>;
};
struct NewUser {
    std::string email{};
    Status status{};
};
struct Patch {
    std::optional<Status> status{};
};
struct CountedUser { // a row of find_page: the total, a marker, the record
    std::int64_t total{};
    std::optional<bool> present{};
    std::int32_t id{};
    std::string email{};
    Status status{};
    std::optional<std::string> note{};
};

/// A user's own code under test: it takes any service.
template <pgrepo::DatabaseService Service> std::string first_active(Service& db) {
    auto users = pgrepo::repository_of<User>(db);
    const auto found = users.find_one(col<&User::status> == Status::active);
    return found ? found->email : "nobody";
}

} // namespace scripted_test

using namespace scripted_test;

namespace {

template <class Function> pgrepo::error failure_of(Function&& function) {
    try {
        function();
    } catch (const pgrepo::error& caught) {
        return caught;
    }
    BOOST_ERROR("nothing was thrown");
    return pgrepo::error({.kind = error_kind::decode, .message = "nothing was thrown"});
}
std::vector<std::string> ids(const scripted_service& db) {
    std::vector<std::string> out;
    for (const auto& call : db.calls()) out.push_back(call.id);
    return out;
}
using list = std::vector<std::string>;

const User ada{1, "ada@example.org", Status::active, {}};
const User bob{2, "bob@example.org", Status::closed, "left"};

} // namespace

static_assert(pgrepo::check_database_service<scripted_service>());
static_assert(pgrepo::check_repository<pgrepo::table_repository<User, scripted_service>>());

BOOST_AUTO_TEST_SUITE(scripted)

BOOST_AUTO_TEST_CASE(answers_are_decoded_as_rows_of_a_server) {
    scripted_service db;
    db.answer("users.find_one", canned_rows::of(std::vector{ada}));
    BOOST_TEST(first_active(db) == "ada@example.org");
    db.answer("users.find_all", canned_rows::of(std::vector{ada, bob}));
    const auto all = pgrepo::repository_of<User>(db).find_all();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST((all[1].id == 2 && all[1].status == Status::closed && all[1].note == "left" && !all[0].note));
    db.answer("users.find", canned_rows::of(std::vector<User>{}));
    BOOST_TEST(!pgrepo::repository_of<User>(db).find(9).has_value());
    db.answer("users.count", canned_rows::of_value("count", std::int64_t{41}));
    BOOST_TEST(pgrepo::repository_of<User>(db).count() == 41);
    db.answer("users.exists", canned_rows::of_value("exists", true));
    BOOST_TEST(pgrepo::repository_of<User>(db).exists());
    db.answer("users.remove", canned_rows(1));
    BOOST_TEST(pgrepo::repository_of<User>(db).remove(1));
    db.answer("users.find_by_ids", canned_rows::of(std::vector{ada, bob}));
    BOOST_TEST(pgrepo::repository_of<User>(db).find_by_ids(std::vector{2, 5, 1}).front().email == "bob@example.org");
    db.answer("users.find_page", canned_rows::of(std::vector{CountedUser{7, true, 1, "ada@example.org"}}));
    const auto page = pgrepo::repository_of<User>(db).find_page({.limit = 1});
    BOOST_TEST((*page.total == 7 && page.items.size() == 1 && page.has_more));
}

BOOST_AUTO_TEST_CASE(what_was_asked_is_remembered) {
    scripted_service db;
    db.answer("users.create", canned_rows::of(std::vector{ada}));
    pgrepo::repository_of<User>(db).create(NewUser{"ada@example.org", Status::active});
    db.answer("users.update", canned_rows::of(std::vector{ada}));
    pgrepo::repository_of<User>(db).update(258, Patch{.status = Status::closed});
    db.answer("note", canned_rows(3));
    BOOST_TEST(db.execute(sql<"UPDATE users SET note = $1", "note">, std::optional<std::string>()) == 3);
    BOOST_REQUIRE(db.calls().size() == 3U);
    BOOST_TEST(db.calls()[0].text ==
               R"(INSERT INTO "users" ("email", "status") VALUES ($1, $2) RETURNING "id", "email", "status", "note")");
    BOOST_TEST(db.calls()[0].parameters.at(0).value() == "ada@example.org");
    BOOST_TEST(db.calls()[0].parameters.at(1).value() == "active");
    BOOST_TEST(db.calls()[1].parameters.at(0).value() == "closed");
    BOOST_TEST(db.calls()[1].parameters.at(1).value() == std::string("\0\0\x01\x02", 4)); // as it travels
    BOOST_TEST(!db.calls()[2].parameters.at(0).has_value());                              // NULL
}

BOOST_AUTO_TEST_CASE(answers_are_used_up_in_order_and_the_last_one_stays) {
    scripted_service db;
    db.answer("n", canned_rows::of_value("n", std::int32_t{1}));
    db.answer("n", canned_rows::of_value("n", std::int32_t{2}));
    db.answer("other", canned_rows::of_value("n", std::int32_t{9}));
    const auto next = [&] { return db.select_value<std::int32_t>(sql<"SELECT 1", "n">); };
    BOOST_TEST(next() == 1);
    BOOST_TEST(next() == 2);
    BOOST_TEST(next() == 2);
    db.answer("n", canned_rows::of_value("n", std::int32_t{3}));
    BOOST_TEST(next() == 3);
}

BOOST_AUTO_TEST_CASE(errors_are_scripted_and_come_from_the_call) {
    scripted_service db;
    db.fail("users.create",
            {.kind = error_kind::unique_violation, .message = "taken", .constraint = "users_email_key"});
    db.answer("users.create", canned_rows::of(std::vector{ada}));
    auto users = pgrepo::repository_of<User>(db);
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { users.create(NewUser{"x", Status::active}); });
    BOOST_TEST((failure.kind() == error_kind::unique_violation));
    BOOST_TEST(failure.constraint() == "users_email_key");
    BOOST_TEST(failure.statement_id() == "users.create");
    BOOST_TEST(failure.where().line() == line);
    BOOST_TEST(users.create(NewUser{"x", Status::active}).email == "ada@example.org");
}

BOOST_AUTO_TEST_CASE(a_call_without_an_answer_says_so) {
    scripted_service db;
    const unsigned line = __LINE__ + 1;
    const auto failure = failure_of([&] { (void)pgrepo::repository_of<User>(db).find(1); });
    BOOST_TEST((failure.kind() == error_kind::usage));
    BOOST_TEST(failure.message().find("users.find") != std::string::npos);
    BOOST_TEST(failure.where().line() == line);
}

BOOST_AUTO_TEST_CASE(answers_are_checked_as_a_servers_are) {
    scripted_service db;
    db.answer("users.find", canned_rows::of(std::vector{NewUser{"x", Status::active}}));
    BOOST_TEST((failure_of([&] { (void)pgrepo::repository_of<User>(db).find(1); }).kind() == error_kind::decode));
    db.answer("n", canned_rows::of_value("n", std::int64_t{1}));
    BOOST_TEST((failure_of([&] { db.select_value<std::int32_t>(sql<"SELECT 1", "n">); }).kind() == error_kind::decode));
    db.answer("null", canned_rows::of_value("n", std::optional<std::int32_t>()));
    BOOST_TEST(
        (failure_of([&] { db.select_value<std::int32_t>(sql<"SELECT 1", "null">); }).kind() == error_kind::decode));
    BOOST_TEST(!db.select_value<std::optional<std::int32_t>>(sql<"SELECT 1", "null">).has_value());
    db.answer("zero", canned_rows(0));
    const auto zero = failure_of([&] { db.execute(sql<"SELECT $1::text", "zero">, std::string(1, '\0')); });
    BOOST_TEST((zero.kind() == error_kind::encode));
    BOOST_TEST(
        (failure_of([&] { (void)canned_rows::of_value("s", static_cast<Status>(9)); }).kind() == error_kind::encode));
}

BOOST_AUTO_TEST_CASE(transactions_are_calls_too) {
    scripted_service db;
    db.answer("users.remove", canned_rows(1));
    const bool removed =
        db.with_transaction([](scripted_service& tx) { return pgrepo::repository_of<User>(tx).remove(1); });
    BOOST_TEST(removed);
    BOOST_TEST(ids(db) == (list{"BEGIN", "users.remove", "COMMIT"}), boost::test_tools::per_element());
    try {
        db.with_transaction({.read_only = true}, [](scripted_service&) { throw 42; });
        BOOST_ERROR("nothing came out");
    } catch (int value) {
        BOOST_TEST(value == 42);
    }
    BOOST_TEST(ids(db).back() == "ROLLBACK");
    BOOST_TEST(*db.with_transaction([](scripted_service&) { return std::make_unique<int>(5); }) == 5);
    int there = 0;
    int& same = db.with_transaction([&](scripted_service&) -> int& { return there; });
    BOOST_TEST(&same == &there);
}

BOOST_AUTO_TEST_CASE(closed_is_closed) {
    scripted_service db;
    db.answer("users.remove", canned_rows(1));
    BOOST_TEST(db.is_connected());
    db.close();
    db.close();
    BOOST_TEST(!db.is_connected());
    BOOST_TEST(db.connection_info().pool_size == 0U);
    BOOST_TEST((failure_of([&] { pgrepo::repository_of<User>(db).remove(1); }).kind() == error_kind::closed));
    bool called = false;
    const auto failure = failure_of([&] { db.with_transaction([&](scripted_service&) { called = true; }); });
    BOOST_TEST((failure.kind() == error_kind::closed));
    BOOST_TEST(!called);
    BOOST_TEST(db.calls().empty());
}

BOOST_AUTO_TEST_SUITE_END()
