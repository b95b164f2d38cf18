// The concepts, on fakes that a user could write: no server, no libpq.
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/contract/database_service.hpp>
#include <pgrepo/contract/repository.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/repository/table_repository.hpp>
#include <pgrepo/sql/query.hpp>

#include <boost/test/unit_test.hpp>

#include <concepts>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using pgrepo::col;
using pgrepo::error;
using pgrepo::error_kind;
using pgrepo::sql;

struct Task {
    std::int64_t id{};
    std::string title;
    std::optional<std::string> note{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"tasks">, pgrepo::primary_key<&Task::id>, pgrepo::generated<&Task::id>>;
};
struct Titled {
    std::string title;
};

// ---- A result as a test writes it down: in binary, as it would come from a server.

struct fake_rows {
    std::vector<std::pair<std::string, pgrepo::oid>> columns{};
    std::vector<std::vector<std::optional<std::string>>> rows{};
    std::int64_t affected = 0;

    [[nodiscard]] int row_count() const { return static_cast<int>(rows.size()); }
    [[nodiscard]] int column_count() const { return static_cast<int>(columns.size()); }
    [[nodiscard]] pgrepo::oid column_type(int i) const { return columns[static_cast<std::size_t>(i)].second; }
    [[nodiscard]] std::string_view column_name(int i) const { return columns[static_cast<std::size_t>(i)].first; }
    [[nodiscard]] pgrepo::cell cell_at(int row, int i) const {
        const auto& value = rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(i)];
        return value ? pgrepo::cell(value->data(), value->size()) : pgrepo::cell();
    }
    [[nodiscard]] std::int64_t affected_rows() const { return affected; }
};
static_assert(pgrepo::RowSource<fake_rows>);

std::string int8(std::int64_t value) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>((static_cast<std::uint64_t>(value) >> shift) & 0xffU);
    return out;
}
fake_rows tasks(std::vector<std::vector<std::optional<std::string>>> rows) {
    return {{{"id", pgrepo::oids::int8}, {"title", pgrepo::oids::text}, {"note", pgrepo::oids::varchar}},
            std::move(rows)};
}

// ---- A database that answers what it was told to.

class fake_transaction : public pgrepo::executor_verbs<fake_transaction> {
public:
    template <class T> using returns = T;
    explicit fake_transaction(std::deque<fake_rows>& answers) : answers_(&answers) {}
    template <pgrepo::Operation Op> typename Op::result_type run(const Op& op) {
        sent.push_back(test::record(op));
        fake_rows rows = std::move(answers_->front());
        answers_->pop_front();
        return pgrepo::finish_checked(op, rows);
    }
    std::vector<test::recorded> sent{};

private:
    std::deque<fake_rows>* answers_;
};

class fake_service : public pgrepo::executor_verbs<fake_service> {
public:
    template <class T> using returns = T;
    using transaction_type = fake_transaction;
    fake_service() = default;

    template <pgrepo::Operation Op> typename Op::result_type run(const Op& op) {
        if (closed) throw error({.kind = error_kind::closed, .message = "closed"});
        sent.push_back(test::record(op));
        BOOST_REQUIRE(!answers.empty());
        const fake_rows rows = std::move(answers.front());
        answers.pop_front();
        return pgrepo::finish_checked(op, rows);
    }
    template <class Function>
    std::invoke_result_t<Function, fake_transaction&> with_transaction(pgrepo::tx_options, Function&& function) {
        fake_transaction tx(answers);
        return std::forward<Function>(function)(tx);
    }
    template <class Function> std::invoke_result_t<Function, fake_transaction&> with_transaction(Function&& function) {
        return with_transaction(pgrepo::tx_options{}, std::forward<Function>(function));
    }
    bool is_connected() { return !closed; }
    pgrepo::connection_info connection_info() { return {.host = "nowhere"}; }
    void close() { closed = true; }

    bool closed = false;
    std::deque<fake_rows> answers{};
    std::vector<test::recorded> sent{};
};

// An operation views its request: one that ends with the statement is refused.
using counting = pgrepo::operation<std::int64_t, pgrepo::detail::finish_count>;
static_assert(std::is_constructible_v<counting, const pgrepo::request&>);
static_assert(!std::is_constructible_v<counting, pgrepo::request>);
static_assert(pgrepo::check_database_service<fake_service>());
static_assert(pgrepo::DatabaseService<fake_service>);
static_assert(pgrepo::Executor<fake_service> && pgrepo::Executor<fake_transaction>);
static_assert(!pgrepo::DatabaseService<fake_transaction> && !pgrepo::Executor<int>);
static_assert(!pgrepo::DatabaseService<test::recording_executor>);

static_assert(pgrepo::check_repository<pgrepo::table_repository<Task, fake_service>>());
static_assert(pgrepo::Repository<pgrepo::table_repository<Task, fake_transaction, true>>);
static_assert(!pgrepo::Repository<fake_service> && !pgrepo::Repository<int>);

// ---- An Executor that answers later: nothing above it may assume that a result is there at once.

template <class T> struct promise_of {
    T value;
};
class later_executor : public pgrepo::executor_verbs<later_executor> {
public:
    template <class T> using returns = promise_of<T>;
    later_executor() = default;
    template <pgrepo::Operation Op> promise_of<typename Op::result_type> run(const Op&) {
        return {typename Op::result_type{}};
    }
};
static_assert(pgrepo::Executor<later_executor>);

// ---- A repository that has nothing to do with tables.

class map_repository {
public:
    using record_type = Task;
    using key_type = std::int64_t;

    std::optional<Task> find(key_type key) const {
        const auto at = records_.find(key);
        return at == records_.end() ? std::nullopt : std::optional(at->second);
    }
    std::vector<Task> find_by_ids(const std::vector<key_type>& keys) const {
        std::vector<Task> out;
        for (auto key : keys)
            if (auto task = find(key)) out.push_back(*task);
        return out;
    }
    template <class Node, class Order = pgrepo::ordering<>>
    std::optional<Task> find_one(const pgrepo::criterion<Node>&, Order = {}) const {
        return records_.empty() ? std::nullopt : std::optional(records_.begin()->second);
    }
    std::vector<Task> find_all() const {
        std::vector<Task> out;
        for (const auto& [key, task] : records_) out.push_back(task);
        return out;
    }
    template <class Node, class Order> std::vector<Task> find_all(const pgrepo::criterion<Node>&, Order) const {
        return find_all();
    }
    template <class Node, class Order>
    pgrepo::page<Task> find_page(const pgrepo::criterion<Node>&, Order, pgrepo::page_request request) const {
        return {.items = find_all(), .total = static_cast<std::int64_t>(records_.size()), .request = request};
    }
    template <class Node> std::int64_t count(const pgrepo::criterion<Node>&) const {
        return static_cast<std::int64_t>(records_.size());
    }
    template <class Node> bool exists(const pgrepo::criterion<Node>&) const { return !records_.empty(); }
    template <class Draft> Task create(const Draft& draft) {
        Task made{.id = ++last_, .title = draft.title};
        records_[made.id] = made;
        return made;
    }
    template <class Patch> Task update(key_type key, const Patch& patch) {
        Task& task = records_.at(key);
        task.title = patch.title;
        return task;
    }
    bool remove(key_type key) { return records_.erase(key) != 0; }
    template <class Executor> map_repository& with(Executor&) { return *this; } // it runs nothing

private:
    std::map<key_type, Task> records_{};
    key_type last_ = 0;
};
static_assert(pgrepo::check_repository<map_repository>());
static_assert(pgrepo::Repository<map_repository>);

/// What a program is written against.
std::int64_t add_two(pgrepo::Repository auto& tasks) {
    tasks.create(Titled{"one"});
    return tasks.create(Titled{"two"}).id;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_program_takes_any_repository) {
    map_repository in_memory;
    BOOST_TEST(add_two(in_memory) == 2);
    BOOST_TEST(in_memory.find(2)->title == "two");

    fake_service db;
    auto table = pgrepo::repository_of<Task>(db);
    db.answers = {tasks({{int8(7), "one", std::nullopt}}), tasks({{int8(8), "two", std::nullopt}})};
    BOOST_TEST(add_two(table) == 8);
    BOOST_TEST(db.sent.size() == 2U);
    BOOST_TEST(db.sent[1].values[0].value() == "two");
}

BOOST_AUTO_TEST_CASE(rows_become_records) {
    fake_service db;
    auto repository = pgrepo::repository_of<Task>(db);

    db.answers = {tasks({{int8(7), "first", "n"}})};
    const std::optional<Task> found = repository.find(7);
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->id == 7);
    BOOST_TEST(found->title == "first");
    BOOST_TEST(found->note.value() == "n");
    db.answers = {tasks({})};
    BOOST_TEST(!repository.find(8).has_value());

    db.answers = {tasks({{int8(1), "a", std::nullopt}, {int8(2), "", "b"}})};
    const std::vector<Task> all = repository.find_all();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(!all[0].note.has_value());
    BOOST_TEST(all[1].title.empty());
}

BOOST_AUTO_TEST_CASE(find_by_ids_keeps_the_order_of_the_keys) {
    fake_service db;
    auto repository = pgrepo::repository_of<Task>(db);
    db.answers = {tasks({{int8(1), "a", std::nullopt}, {int8(2), "b", std::nullopt}, {int8(3), "c", std::nullopt}})};
    const auto found = repository.find_by_ids(std::vector<std::int64_t>{3, 9, 1, 3, 2, 1});
    BOOST_REQUIRE(found.size() == 3U);
    BOOST_TEST(found[0].id == 3);
    BOOST_TEST(found[1].id == 1);
    BOOST_TEST(found[2].id == 2);
}

BOOST_AUTO_TEST_CASE(a_page_has_items_and_a_total) {
    fake_service db;
    auto repository = pgrepo::repository_of<Task>(db);
    fake_rows rows{{{"pgrepo total", pgrepo::oids::int8},
                    {"pgrepo row", pgrepo::oids::bool_},
                    {"id", pgrepo::oids::int8},
                    {"title", pgrepo::oids::text},
                    {"note", pgrepo::oids::text}},
                   {{int8(5), "\1", int8(3), "c", std::nullopt}, {int8(5), "\1", int8(4), "d", "n"}}};
    db.answers = {rows};
    const auto page = repository.find_page({.limit = 2, .offset = 2});
    BOOST_TEST(page.total.value() == 5);
    BOOST_TEST(page.has_more);
    BOOST_REQUIRE(page.items.size() == 2U);
    BOOST_TEST(page.items[1].note.value() == "n");

    rows.rows.pop_back();
    db.answers = {rows};
    BOOST_TEST(!repository.find_page({.limit = 2, .offset = 4}).has_more);

    // Beyond the end: the total comes alone.
    rows.rows = {{int8(5), std::nullopt, std::nullopt, std::nullopt, std::nullopt}};
    db.answers = {rows};
    const auto beyond = repository.find_page({.limit = 2, .offset = 10});
    BOOST_TEST(beyond.total.value() == 5);
    BOOST_TEST(beyond.items.empty());
    BOOST_TEST(!beyond.has_more);
}

BOOST_AUTO_TEST_CASE(a_page_without_a_total_asks_for_one_row_more) {
    fake_service db;
    auto repository = pgrepo::repository_of<Task>(db);
    db.answers = {tasks({{int8(1), "a", std::nullopt}, {int8(2), "b", std::nullopt}, {int8(3), "c", std::nullopt}})};
    const auto page = repository.find_page({.limit = 2, .total = pgrepo::total::none});
    BOOST_TEST(!page.total.has_value());
    BOOST_TEST(page.items.size() == 2U);
    BOOST_TEST(page.has_more);
    BOOST_TEST(db.sent.back().values[0].value() == int8(3));

    db.answers = {tasks({{int8(1), "a", std::nullopt}, {int8(2), "b", std::nullopt}})};
    const auto last = repository.find_page({.limit = 2, .total = pgrepo::total::none});
    BOOST_TEST(last.items.size() == 2U);
    BOOST_TEST(!last.has_more);
}

namespace {

/// That a call throws an error of a kind, whose text holds each of the words.
template <class Call> void expect_error(error_kind kind, std::vector<std::string> words, Call&& call) {
    try {
        call();
        BOOST_ERROR("nothing was thrown");
    } catch (const error& e) {
        BOOST_TEST(to_string(e.kind()) == to_string(kind), e.what());
        for (const auto& word : words)
            BOOST_TEST((std::string(e.what()).find(word) != std::string::npos), word << " is not in: " << e.what());
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_result_that_does_not_fit_says_all_at_once) {
    fake_service db;
    auto repository = pgrepo::repository_of<Task>(db);
    db.answers = {fake_rows{{{"id", pgrepo::oids::int4}, {"name", pgrepo::oids::text}, {"note", pgrepo::oids::bytea}},
                            {{"abcd", "x", "y"}}}};
    expect_error(error_kind::decode, {"Task", "id", "int4", "title", "\"name\"", "note", "bytea", "tasks.find"},
                 [&] { repository.find(7); });
    db.answers = {fake_rows{{{"id", pgrepo::oids::int8}}, {}}};
    expect_error(error_kind::decode, {"1 columns", "3 were expected"}, [&] { repository.find(7); });
}

BOOST_AUTO_TEST_CASE(null_into_a_field_that_is_not_optional) {
    fake_service db;
    auto repository = pgrepo::repository_of<Task>(db);
    db.answers = {tasks({{int8(1), "a", std::nullopt}, {int8(2), std::nullopt, std::nullopt}})};
    expect_error(error_kind::decode, {"title", "row 2", "NULL", "tasks.find_all", "column title"},
                 [&] { repository.find_all(); });
}

BOOST_AUTO_TEST_CASE(rows_that_are_too_many_or_too_few) {
    fake_service db;
    const fake_rows titles{{{"title", pgrepo::oids::text}}, {{"a"}, {"b"}}};
    const auto all = sql<"SELECT title FROM tasks", "titles">;
    db.answers = {titles, titles, fake_rows{titles.columns, {}}, fake_rows{titles.columns, {{std::nullopt}}}};
    expect_error(error_kind::too_many_rows, {"2 came", "titles"}, [&] { db.select_one<Titled>(all); });
    expect_error(error_kind::too_many_rows, {"titles"}, [&] { db.select_value<std::string>(all); });
    expect_error(error_kind::not_found, {"titles"}, [&] { db.select_value<std::string>(all); });
    expect_error(error_kind::decode, {"NULL", "titles"}, [&] { db.select_value<std::string>(all); });

    auto repository = pgrepo::repository_of<Task>(db);
    db.answers = {tasks({})};
    expect_error(error_kind::not_found, {"tasks.update"}, [&] { repository.update(7, Titled{"x"}); });
}

BOOST_AUTO_TEST_CASE(verbs_on_a_fake) {
    fake_service db;
    const fake_rows titles{{{"title", pgrepo::oids::text}}, {{"a"}, {"b"}}};

    db.answers = {titles};
    const std::vector<Titled> selected = db.select<Titled>(sql<"SELECT title FROM tasks">);
    BOOST_REQUIRE(selected.size() == 2U);
    BOOST_TEST(selected[1].title == "b");

    db.answers = {fake_rows{{}, {}, 3}};
    const std::int64_t changed = db.update(sql<"UPDATE tasks SET title = $1", "retitle">, "x");
    BOOST_TEST(changed == 3);
    BOOST_TEST(db.sent.back().types == std::vector<pgrepo::oid>{pgrepo::oids::text}, boost::test_tools::per_element());

    db.answers = {titles};
    const std::vector<Titled> returned =
        db.remove<Titled>(sql<"DELETE FROM tasks WHERE id = $1 RETURNING title", "drop">, std::int64_t{7});
    BOOST_TEST(returned.size() == 2U);

    db.answers = {fake_rows{{{"count", pgrepo::oids::int8}}, {{int8(42)}}}};
    BOOST_TEST(db.select_value<std::int64_t>(sql<"SELECT count(*) FROM tasks">) == 42);
    db.answers = {fake_rows{{{"max", pgrepo::oids::text}}, {{std::nullopt}}}};
    BOOST_TEST(!db.select_value<std::optional<std::string>>(sql<"SELECT max(title) FROM tasks">).has_value());

    db.answers = {fake_rows{titles.columns, {}}};
    BOOST_TEST(!db.select_one<Titled>(sql<"SELECT title FROM tasks WHERE id = $1">, 7).has_value());
}

namespace {
struct TitleAndId {
    std::string title;
    std::int64_t id{};
};
} // namespace

BOOST_AUTO_TEST_CASE(fields_are_found_by_name_not_by_place) {
    fake_service db;
    // Known when compiled: the list decides, and the result is checked against it.
    db.answers = {fake_rows{{{"id", pgrepo::oids::int8}, {"title", pgrepo::oids::text}}, {{int8(7), "a"}}}};
    const auto listed = db.select<TitleAndId>(sql<"SELECT id, title FROM tasks">);
    BOOST_TEST(listed.at(0).id == 7);
    BOOST_TEST(listed.at(0).title == "a");

    // Known at run time only: the result decides, and what it has besides is left alone.
    db.answers = {fake_rows{{{"more", pgrepo::oids::bytea}, {"id", pgrepo::oids::int8}, {"title", pgrepo::oids::text}},
                            {{"?", int8(8), "b"}, {std::nullopt, int8(9), "c"}}}};
    const auto found = db.select<TitleAndId>(pgrepo::unsafe_sql("SELECT * FROM tasks", "all"));
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[1].id == 9);
    BOOST_TEST(found[1].title == "c");

    db.answers = {fake_rows{{{"id", pgrepo::oids::int8}, {"id", pgrepo::oids::int8}}, {}}};
    expect_error(error_kind::decode, {"title", "two result columns", "all"},
                 [&] { db.select<TitleAndId>(pgrepo::unsafe_sql("SELECT * FROM tasks", "all")); });
}

BOOST_AUTO_TEST_CASE(a_statement_of_run_time_is_not_prepared_unless_asked) {
    fake_service db;
    db.answers = {fake_rows{}, fake_rows{}, fake_rows{}};
    db.execute(pgrepo::unsafe_sql("VACUUM"));
    BOOST_TEST(!db.sent.back().prepare);
    BOOST_TEST(db.sent.back().id == "");
    db.execute(pgrepo::unsafe_sql("VACUUM tasks", "vacuum", true));
    BOOST_TEST(db.sent.back().prepare);
    BOOST_TEST(db.sent.back().id == "vacuum");
    db.execute(sql<"TRUNCATE tasks", "truncate">);
    BOOST_TEST(db.sent.back().prepare);
    BOOST_TEST(db.sent.back().terminated);
}

BOOST_AUTO_TEST_CASE(arguments_travel_as_they_are) {
    fake_service db;
    db.answers.resize(20);
    const auto sent = [&] { return db.sent.back(); };
    const auto insert = sql<"INSERT INTO t VALUES ($1)", "insert">;

    std::string named = "lvalue";
    db.insert(insert, named);
    BOOST_TEST(sent().values[0].value() == "lvalue");
    db.insert(insert, std::string("rvalue") + " of a length that is on the heap");
    BOOST_TEST(sent().values[0].value() == "rvalue of a length that is on the heap");
    char buffer[] = "array";
    db.insert(insert, buffer);
    BOOST_TEST(sent().values[0].value() == "array");
    char* pointer = buffer;
    db.insert(insert, pointer);
    BOOST_TEST(sent().values[0].value() == "array");
    db.insert(insert, std::string_view("a view", 3));
    BOOST_TEST(sent().values[0].value() == "a v");
    db.insert(insert, "");
    BOOST_TEST(sent().values[0].value() == "");
    db.insert(insert, std::optional<std::string>());
    BOOST_TEST(!sent().values[0].has_value());
    BOOST_TEST(sent().types[0] == pgrepo::oids::text);
    db.insert(insert, std::optional<std::int64_t>(7));
    BOOST_TEST(sent().values[0].value() == int8(7));
    db.insert(insert, true);
    BOOST_TEST(sent().values[0].value() == "\1");
    BOOST_TEST(sent().types[0] == pgrepo::oids::bool_);

    expect_error(error_kind::encode, {"$1", "insert"}, [&] { db.insert(insert, std::string("a\0b", 3)); });
    expect_error(error_kind::encode, {"$1", "null"}, [&] { db.insert(insert, static_cast<const char*>(nullptr)); });
}

BOOST_AUTO_TEST_CASE(a_transaction_runs_the_same_calls) {
    fake_service db;
    db.answers = {tasks({{int8(7), "one", std::nullopt}})};
    auto repository = pgrepo::repository_of<Task>(db);
    const std::int64_t id = db.with_transaction([&](fake_transaction& tx) {
        const Task made = repository.with(tx).create(Titled{"one"});
        BOOST_TEST(tx.sent.at(0).id == "tasks.create");
        return made.id;
    });
    BOOST_TEST(id == 7);
    BOOST_TEST(db.sent.empty());
    db.close();
    expect_error(error_kind::closed, {}, [&] { repository.find(7); });
}

BOOST_AUTO_TEST_CASE(an_executor_may_answer_later) {
    later_executor db;
    static_assert(
        std::same_as<decltype(db.select<Titled>(sql<"SELECT title FROM tasks">)), promise_of<std::vector<Titled>>>);
    static_assert(std::same_as<decltype(db.execute(sql<"DELETE FROM tasks">)), promise_of<std::int64_t>>);
    auto repository = pgrepo::repository_of<Task>(db);
    static_assert(std::same_as<decltype(repository.find(7)), promise_of<std::optional<Task>>>);
    static_assert(std::same_as<decltype(repository.create(Titled{})), promise_of<Task>>);
    BOOST_TEST(!repository.find(7).value.has_value());
    BOOST_TEST(repository.count().value == 0);
    BOOST_TEST(db.select<Titled>(sql<"SELECT title FROM tasks">).value.empty());
}
