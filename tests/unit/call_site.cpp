// The user's line: in what is sent, and in every error.
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>
#include <pgrepo/sql/query.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace {

using pgrepo::asc;
using pgrepo::col;
using pgrepo::query;
using pgrepo::sql;

struct Task {
    std::int64_t id{};
    std::string title;
    std::optional<pgrepo::timestamptz> removed{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"tasks">, pgrepo::primary_key<&Task::id>,
                                               pgrepo::generated<&Task::id>, pgrepo::soft_delete<&Task::removed>>;
};
struct Titled {
    std::string title;
};
struct Patch {
    std::optional<std::string> title{};
};

// Named far from where they are used.
inline constexpr auto titles = query<Titled, "SELECT title FROM tasks", "titles">;
inline constexpr auto retitle = sql<"UPDATE tasks SET title = $1", "retitle">;

unsigned line_now(std::source_location where = std::source_location::current()) {
    return where.line();
}

struct place {
    test::recording_executor db{};

    void at(unsigned line, std::string_view what) const {
        BOOST_TEST(db.last.where.line() == line, what << " was called in line " << line << " and says "
                                                      << db.last.where.file_name() << ":" << db.last.where.line());
        BOOST_TEST(std::string_view(db.last.where.file_name()).ends_with("call_site.cpp"), what);
    }
};

} // namespace

// A call and the line that it stands in: on one line, or the test would not say what it means.
#define HERE(call)                                                                                                     \
    do {                                                                                                               \
        (void)(call);                                                                                                  \
        now.at(line_now(), #call);                                                                                     \
    } while (false)

BOOST_AUTO_TEST_CASE(verbs_with_statements_of_compile_time) {
    place now;
    auto& db = now.db;
    HERE(db.select(titles));
    HERE(db.select_one(titles));
    HERE(db.select_value<std::string>(titles));
    HERE(db.execute(titles));
    HERE(db.execute(retitle, "x"));
    HERE(db.update(retitle, "x"));
    HERE(db.select(query<Titled, "SELECT title FROM tasks">));
    HERE(db.select<Titled>(sql<"SELECT title FROM tasks", "titles">));
    HERE(db.select_one<Titled>(sql<"SELECT title FROM tasks WHERE id = $1">, 7));
    HERE(db.select_value<std::int64_t>(sql<"SELECT count(*) FROM tasks">));
    HERE(db.execute(sql<"DELETE FROM tasks">));
    HERE(db.execute<Titled>(sql<"DELETE FROM tasks RETURNING title">));
    HERE(db.insert(sql<"INSERT INTO tasks (title) VALUES ($1)">, "x"));
    HERE(db.insert<Titled>(sql<"INSERT INTO tasks (title) VALUES ($1) RETURNING title">, "x"));
    HERE(db.update<Titled>(sql<"UPDATE tasks SET title = $1 RETURNING title">, "x"));
    HERE(db.remove(sql<"DELETE FROM tasks">));
    HERE(db.remove<Titled>(sql<"DELETE FROM tasks RETURNING title">));
    BOOST_TEST(db.calls == 17);
}

BOOST_AUTO_TEST_CASE(verbs_with_statements_of_run_time) {
    place now;
    auto& db = now.db;
    HERE(db.execute(pgrepo::unsafe_sql("DELETE FROM tasks")));
    HERE(db.select<Titled>(pgrepo::unsafe_sql("SELECT title FROM tasks", "titles")));
    HERE(db.select_one<Titled>(pgrepo::unsafe_sql("SELECT title FROM tasks")));
    HERE(db.select_value<std::string>(pgrepo::unsafe_sql("SELECT title FROM tasks")));
    HERE(db.insert(pgrepo::unsafe_sql("INSERT INTO tasks DEFAULT VALUES")));
    HERE(db.update<Titled>(pgrepo::unsafe_sql("UPDATE tasks SET title = '' RETURNING title")));
    HERE(db.remove(pgrepo::unsafe_sql("DELETE FROM tasks")));

    // Made in one line and used in another: the call counts.
    const pgrepo::unsafe_sql made("SELECT title FROM tasks");
    HERE(db.select<Titled>(made));
    HERE(db.select_one<Titled>(made));
    HERE(db.execute<Titled>(made));
    BOOST_TEST(db.calls == 10);
}

BOOST_AUTO_TEST_CASE(a_statement_that_is_kept_says_where_it_is_used) {
    place now;
    auto& db = now.db;
    const auto kept = titles;
    HERE(db.select(kept));
    const auto copied = kept;
    HERE(db.select(copied));
}

BOOST_AUTO_TEST_CASE(repository_methods) {
    place now;
    auto tasks = pgrepo::repository_of<Task>(now.db);
    const auto named = col<&Task::title> == "x";
    const std::vector<std::int64_t> ids{1, 2};
    HERE(tasks.find(7));
    HERE(tasks.find_by_ids(ids));
    HERE(tasks.find_by_ids(std::span<const std::int64_t>(ids)));
    HERE(tasks.find_one(named));
    HERE(tasks.find_one(named, order_by(asc<&Task::title>)));
    HERE(tasks.find_all());
    HERE(tasks.find_all(named));
    HERE(tasks.find_all(named, order_by(asc<&Task::title>)));
    HERE(tasks.find_all(order_by(asc<&Task::title>)));
    HERE(tasks.find_page());
    HERE(tasks.find_page({.limit = 3}));
    HERE(tasks.find_page({.total = pgrepo::total::none}));
    HERE(tasks.find_page(named));
    HERE(tasks.find_page(named, order_by(asc<&Task::title>), {.limit = 3}));
    HERE(tasks.find_page(named, order_by(asc<&Task::title>), {.total = pgrepo::total::none}));
    HERE(tasks.count());
    HERE(tasks.count(named));
    HERE(tasks.exists());
    HERE(tasks.exists(named));
    HERE(tasks.create(Titled{"x"}));
    HERE(tasks.create(Task{}));
    HERE(tasks.update(7, Patch{.title = "x"}));
    HERE(tasks.update(7, Patch{}));
    HERE(tasks.update(7, Task{}));
    HERE(tasks.remove(7));
    HERE(tasks.restore(7));
    HERE(tasks.with_deleted().find(7));
    test::recording_executor& other = now.db;
    HERE(tasks.with(other).find(7));
    BOOST_TEST(now.db.calls == 28);
}

namespace {

/// Throws what the statement asks for, as something below a call would.
class failing_executor : public pgrepo::executor_verbs<failing_executor> {
public:
    template <class T> using returns = T;
    failing_executor() = default;
    template <pgrepo::Operation Op> typename Op::result_type run(const Op& op) {
        (void)op.request();
        return op.finish(empty{});
    }

private:
    struct empty {
        [[nodiscard]] static int row_count() { return 0; }
        [[nodiscard]] static int column_count() { return 0; }
        [[nodiscard]] static pgrepo::oid column_type(int) { return 0; }
        [[nodiscard]] static std::string_view column_name(int) { return {}; }
        [[nodiscard]] static pgrepo::cell cell_at(int, int) { return {}; }
        [[nodiscard]] static std::int64_t affected_rows() { return 0; }
    };
};

template <class Call> void fails_at(unsigned line, std::string_view id, Call&& call) {
    try {
        call();
        BOOST_ERROR("nothing was thrown, line " << line);
    } catch (const pgrepo::error& e) {
        BOOST_TEST(e.where().line() == line, e.what());
        BOOST_TEST(e.statement_id() == id);
        BOOST_TEST((std::string_view(e.what()).find("call_site.cpp:" + std::to_string(line)) != std::string::npos),
                   e.what());
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(errors_name_the_line_of_the_call) {
    failing_executor db;
    auto tasks = pgrepo::repository_of<Task>(db);
    const std::string zero("a\0b", 3);
    // clang-format off
    fails_at(line_now(), "tasks.update", [&] { tasks.update(7, Patch{.title = "x"}); });
    fails_at(line_now(), "tasks.update", [&] { tasks.update(7, Patch{.title = zero}); });
    fails_at(line_now(), "tasks.create", [&] { tasks.create(Titled{"x"}); });
    fails_at(line_now(), "tasks.create", [&] { tasks.create(Titled{zero}); });
    fails_at(line_now(), "tasks.find_all", [&] { tasks.find_all(col<&Task::title> == zero); });
    fails_at(line_now(), "tasks.find_page", [&] { tasks.find_page({.offset = UINT64_MAX}); });
    fails_at(line_now(), "titles", [&] { db.select_value<std::string>(titles); });
    fails_at(line_now(), "retitle", [&] { db.update(retitle, zero); });
    fails_at(line_now(), "mine", [&] { db.select_value<std::string>(pgrepo::unsafe_sql("SELECT 1", "mine")); });
    // clang-format on
}
