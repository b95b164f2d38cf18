// One piece of work whose instructions are counted: benchmarks/gate runs it under callgrind, which counts inside
// pgrepo_gate_measured alone. Each piece but encode exists twice, by pgrepo and by hand with libpq.

#include "by_hand.hpp"
#include "users.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Counting is switched on when this is entered, and off when it is left.
extern "C" [[gnu::noinline]] void pgrepo_gate_measured(const std::function<void()>* work) {
    (*work)();
}

namespace {

constexpr int table_rows = 20'000;
constexpr int finds = 2'000;
constexpr int listed = 1'000;
constexpr int lists = 10;
constexpr int canned = 1'000;
constexpr int decodes = 20; // of so many rows each
constexpr int encodes = 5'000;

struct NewUser {
    std::string email;
    std::string first_name;
    std::string last_name;
};

void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}

/// What a connection would have been answered, made without a server: `canned` users in binary.
PGresult* canned_result() {
    by_hand::result held(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
    PGresult* const result = held.get();
    require(result != nullptr, "libpq has no memory");
    const std::pair<const char*, Oid> named[] = {{"id", 2950},         {"email", 25},        {"first_name", 25},
                                                 {"last_name", 25},    {"status", 25},       {"is_verified", 16},
                                                 {"created_at", 1184}, {"updated_at", 1184}, {"deleted_at", 1184}};
    std::vector<PGresAttDesc> columns;
    for (const auto& [name, type] : named)
        columns.push_back({const_cast<char*>(name), 0, 0, 1, type, -1, -1}); // libpq copies the name
    require(PQsetResultAttrs(result, 9, columns.data()) != 0, "libpq refused the columns");
    const auto set = [&](int row, int column, std::string_view bytes) {
        std::string copy(bytes); // libpq's parameter is not const, what it does with it is
        require(PQsetvalue(result, row, column, copy.data(), static_cast<int>(copy.size())) != 0,
                "libpq refused a value");
    };
    for (int row = 0; row < canned; ++row) {
        const std::string number = std::to_string(row);
        set(row, 0, std::string(16, static_cast<char>(row)));
        set(row, 1, "user" + number + "@example.org");
        set(row, 2, "First" + number);
        set(row, 3, "Last name " + number);
        set(row, 4, row % 3 == 0 ? "suspended" : "active");
        set(row, 5, std::string(1, static_cast<char>(row % 2)));
        set(row, 6, std::string_view("\0\2\x93\x33\x21\x11\0\1", 8));
        set(row, 7, std::string_view("\0\2\x93\x33\x21\x11\0\2", 8));
        require(PQsetvalue(result, row, 8, nullptr, -1) != 0, "libpq refused a NULL");
    }
    return held.release();
}

/// Answers every operation with the same rows.
class canned_executor : public pgrepo::executor_verbs<canned_executor> {
public:
    template <class T> using returns = T;
    explicit canned_executor(const pgrepo::rowset& rows) : rows_(&rows) {}
    template <pgrepo::Operation Op> PGREPO_NOINLINE typename Op::result_type run(const Op& op) {
        return op.finish(*rows_);
    }

private:
    const pgrepo::rowset* rows_;
};

/// Looks at what an operation would send, and answers nothing.
class silent_executor : public pgrepo::executor_verbs<silent_executor> {
public:
    template <class T> using returns = int;
    silent_executor() = default;
    template <pgrepo::Operation Op> PGREPO_NOINLINE int run(const Op& op) { return op.parameters().count; }
};

struct server {
    pgrepo::postgres_config config = patient();
    pgrepo::postgres_service db{config};
    pgrepo::table_repository<User> users{db};
    by_hand::connection hand = by_hand::connect(config);
    std::vector<pgrepo::uuid> ids{};

    /// Under valgrind, on a machine that is busy, opening a session takes seconds; nothing is timed.
    static pgrepo::postgres_config patient() {
        auto out = pgrepo::postgres_config::from_env();
        out.connect_timeout = std::chrono::minutes(2);
        return out;
    }

    server() {
        if (users.count() == 0) {
            db.insert(pgrepo::sql<"INSERT INTO users (email, first_name, last_name, is_verified) "
                                  "SELECT 'user' || n || '@example.org', 'First' || n, 'Last name ' || n, n % 2 = 0 "
                                  "FROM generate_series(1, $1) AS n">,
                      table_rows);
            db.execute(pgrepo::sql<"ANALYZE users">);
        }
        by_hand::prepare(hand.get());
        for (const User& user : users.find_all()) ids.push_back(user.id);
        require(ids.size() == static_cast<std::size_t>(table_rows), "the table users is not the gate's own");
    }
    [[nodiscard]] std::vector<pgrepo::uuid> some(int count) const {
        std::vector<pgrepo::uuid> out;
        for (int i = 0; i < count; ++i) out.push_back(ids[static_cast<std::size_t>(i) * 7 % ids.size()]);
        return out;
    }
};

using job = void (*)(bool by_hand);

void measured(const std::function<void()>& work) {
    work(); // statements are prepared and memory is there
    pgrepo_gate_measured(&work);
}

void find(bool by_hand) {
    server s;
    const auto ids = s.some(finds);
    measured([&] {
        for (const auto& id : ids)
            require((by_hand ? by_hand::find(s.hand.get(), id) : s.users.find(id)).has_value(), "a user was missed");
    });
}
void find_all(bool by_hand) {
    server s;
    measured([&] {
        const auto all = by_hand ? by_hand::find_all(s.hand.get()) : s.users.find_all();
        require(all.size() == static_cast<std::size_t>(table_rows), "rows were missed");
    });
}
void find_by_ids(bool by_hand) {
    server s;
    const auto ids = s.some(listed);
    measured([&] {
        for (int i = 0; i < lists; ++i) {
            const auto found = by_hand ? by_hand::find_by_ids(s.hand.get(), ids) : s.users.find_by_ids(ids);
            require(found.size() == ids.size(), "rows were missed");
        }
    });
}
void decode(bool by_hand) {
    const pgrepo::rowset rows{pgrepo::detail::result_handle(canned_result())};
    canned_executor source{rows};
    pgrepo::table_repository<User, canned_executor> users{source};
    const by_hand::result held(canned_result());
    measured([&] {
        for (int i = 0; i < decodes; ++i) {
            const auto all = by_hand ? by_hand::decode_all(held.get()) : users.find_all();
            require(all.size() == static_cast<std::size_t>(canned), "rows were missed");
        }
    });
}
void encode(bool by_hand) {
    require(!by_hand, "by hand there is nothing to encode: libpq takes the values where they lie");
    silent_executor sink;
    pgrepo::table_repository<User, silent_executor> users{sink};
    const NewUser user{"user@example.org", "First", "Last name"};
    const pgrepo::uuid id{};
    measured([&] {
        int sent = 0;
        for (int i = 0; i < encodes; ++i) sent += users.create(user) + users.find(id);
        require(sent == encodes * 4, "parameters were missed");
    });
}

const std::map<std::string_view, job> jobs{
    {"W1", find}, {"W2", find_all}, {"W4", find_by_ids}, {"decode", decode}, {"encode", encode}};

} // namespace

int main(int argc, char** argv) {
    const bool by_hand = argc == 3 && std::string_view(argv[2]) == "by-hand";
    const auto found = argc > 1 ? jobs.find(argv[1]) : jobs.end();
    if (found == jobs.end() || argc > 3 || (argc == 3 && !by_hand)) {
        fmt::print(stderr,
                   "usage: pgrepo_gate W1|W2|W4|decode|encode [by-hand]; benchmarks/gate counts what it does\n");
        return 2;
    }
    try {
        found->second(by_hand);
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "pgrepo_gate: {}\n", failure.what());
        return 1;
    }
}
