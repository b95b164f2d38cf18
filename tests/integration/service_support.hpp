#pragma once

// What the tests of service/ and repository/ share: a database for each test, sessions that owe nothing to the code under
// test (plain libpq), and an observer that counts.

#include <pgrepo/pgrepo.hpp>

#include <boost/test/unit_test.hpp>

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace service_test {

using namespace std::chrono_literals;
using pgrepo::error_kind;

inline std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// A session of plain libpq: what a test looks at the database with, and who else is there.
class session {
public:
    explicit session(const std::string& database = environment("POSTGRES_DATABASE"), const char* name = "onlooker",
                     const std::string& user = environment("POSTGRES_USER")) {
        const std::string host = environment("POSTGRES_HOST"), port = environment("POSTGRES_PORT"),
                          password = environment("POSTGRES_PASSWORD");
        const char* keys[] = {"host", "port", "user", "password", "dbname", "application_name", nullptr};
        const char* values[] = {host.c_str(),     port.c_str(), user.c_str(), password.c_str(),
                                database.c_str(), name,         nullptr};
        link_.reset(PQconnectdbParams(keys, values, 0));
        if (PQstatus(link_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(link_.get()));
        PQsetNoticeProcessor(link_.get(), [](void*, const char*) {}, nullptr);
    }

    /// Any number of statements; throws what the server says. Returns the first value of the last one, "" for none.
    std::string run(const std::string& text) {
        const result rows(PQexec(link_.get(), text.c_str()));
        return value_of(rows);
    }
    /// Sends without waiting; `done` waits.
    void start(const std::string& text) {
        if (PQsendQuery(link_.get(), text.c_str()) != 1) throw std::runtime_error(PQerrorMessage(link_.get()));
    }
    std::string done() {
        std::string last;
        while (PGresult* next = PQgetResult(link_.get())) last = value_of(result(next));
        return last;
    }
    [[nodiscard]] int pid() const { return PQbackendPID(link_.get()); }

private:
    struct closer {
        void operator()(PGconn* link) const { PQfinish(link); }
        void operator()(PGresult* rows) const { PQclear(rows); }
    };
    using result = std::unique_ptr<PGresult, closer>;

    std::string value_of(const result& rows) {
        const auto status = PQresultStatus(rows.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
            throw std::runtime_error(PQerrorMessage(link_.get()));
        if (PQntuples(rows.get()) == 0) return {};
        return PQgetvalue(rows.get(), 0, 0);
    }

    std::unique_ptr<PGconn, closer> link_;
};

/// Asks until it holds; fails the test after a minute and a half: a shared machine may stand still for a while. What is asked is
/// the event itself, such as a row of pg_stat_activity: there is nothing else to wait on.
template <class Function> void wait_for(const char* what, Function&& holds) {
    const auto limit = std::chrono::steady_clock::now() + 90s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error(std::string("never came: ") + what);
        std::this_thread::sleep_for(500us);
    }
}

/// The server's whereabouts as the library is given them.
inline pgrepo::postgres_config server() {
    pgrepo::postgres_config config;
    config.host = environment("POSTGRES_HOST");
    config.port = static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_PORT")));
    config.user = environment("POSTGRES_USER");
    config.password = pgrepo::secret(environment("POSTGRES_PASSWORD"));
    config.database = environment("POSTGRES_DATABASE");
    config.pool_max = 4;
    config.acquire_timeout = 30s;
    config.connect_timeout = 30s;
    return config;
}

/// A database of the test's own, made by the application's role and dropped at the end.
class database {
public:
    explicit database(const std::string& schema = {}) : name_(fresh_name()) {
        root_.run("CREATE DATABASE " + name_);
        try {
            if (!schema.empty()) session(name_).run(schema);
        } catch (...) {
            drop();
            throw;
        }
    }
    /// With migrations/*.up.sql.
    static std::string migrations() {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(PGREPO_SOURCE_DIR "/migrations"))
            if (entry.path().string().ends_with(".up.sql")) files.push_back(entry.path());
        std::ranges::sort(files);
        std::string text;
        for (const auto& file : files) {
            std::ifstream in(file);
            text.append(std::istreambuf_iterator<char>(in), {});
        }
        if (text.empty()) throw std::runtime_error("no migrations were found");
        return text;
    }
    database(const database&) = delete;
    database& operator=(const database&) = delete;
    ~database() { drop(); }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] pgrepo::postgres_config config() const {
        auto out = server();
        out.database = name_;
        return out;
    }
    [[nodiscard]] session connect() const { return session(name_); }
    /// Sessions of the library in this database (not of `session`s).
    [[nodiscard]] int sessions() {
        return std::stoi(root_.run("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name_ +
                                   "' AND application_name = 'pgrepo'"));
    }
    void wait_for_sessions(int wanted) {
        wait_for("the sessions' end", [&] { return sessions() == wanted; });
    }
    /// Ends all sessions of the library and waits until they are gone. How many there were.
    int kill() {
        const int ended = std::stoi(root_.run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                                              "datname = '" +
                                              name_ + "' AND application_name = 'pgrepo'"));
        wait_for_sessions(0);
        return ended;
    }
    /// Waits until `count` sessions of the library wait for something of this type ("Lock"); on their way.
    void wait_for_waiters(int count, const std::string& type) {
        wait_for("a session that waits", [&] {
            return std::stoi(root_.run("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name_ +
                                       "' AND application_name = 'pgrepo' AND wait_event_type = '" + type +
                                       "' AND state = 'active'")) == count;
        });
    }
    session& root() { return root_; }

private:
    static std::string fresh_name() {
        static std::atomic<int> count{0};
        return "pgrepo_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    }
    void drop() noexcept {
        try {
            root_.run("DROP DATABASE " + name_ + " WITH (FORCE)");
        } catch (const std::exception& failure) {
            BOOST_TEST_MESSAGE("could not drop " << name_ << ": " << failure.what());
        }
    }

    session root_{};
    std::string name_;
};

/// What happened, as an observer sees it.
class recorder : public pgrepo::observer {
public:
    void on_statement(const pgrepo::statement_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        ids_.emplace_back(event.statement.id);
        texts_.emplace_back(event.statement.text);
    }
    void on_warning(const pgrepo::warning_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        warnings_.push_back(std::string(event.code) + ": " + std::string(event.message));
    }
    /// Of the statements since the last call, the identifiers.
    std::vector<std::string> take_ids() {
        const std::lock_guard lock(mutex_);
        texts_.clear();
        return std::exchange(ids_, {});
    }
    std::vector<std::string> take_warnings() {
        const std::lock_guard lock(mutex_);
        return std::exchange(warnings_, {});
    }

private:
    std::mutex mutex_;
    std::vector<std::string> ids_{}, texts_{}, warnings_{};
};

/// The error that `function` throws; fails the test where it throws none.
template <class Function> pgrepo::error failure_of(Function&& function) {
    try {
        function();
    } catch (const pgrepo::error& caught) {
        return caught;
    }
    BOOST_ERROR("nothing was thrown");
    return pgrepo::error({.kind = error_kind::usage, .message = "nothing was thrown"});
}

inline bool says(const pgrepo::error& failure, std::string_view part) {
    return std::string_view(failure.what()).find(part) != std::string_view::npos;
}

/// Kind, statement and the user's line: every error of a call has all three.
inline void check_error(const pgrepo::error& failure, error_kind kind, std::string_view statement, unsigned line,
                        std::string_view file) {
    BOOST_TEST(to_string(failure.kind()) == to_string(kind), failure.what() << " is not " << to_string(kind));
    BOOST_TEST(failure.statement_id() == statement, failure.what() << ": not of statement " << statement);
    BOOST_TEST((failure.where().line() == line && std::string_view(failure.where().file_name()) == file),
               failure.what() << ": not called at line " << line);
}
inline void check_kind(const pgrepo::error& failure, error_kind kind) {
    BOOST_TEST(to_string(failure.kind()) == to_string(kind), failure.what() << " is not " << to_string(kind));
}
inline void check_says(const pgrepo::error& failure, std::string_view part) {
    BOOST_TEST(says(failure, part), failure.what() << ": does not say \"" << part << '"');
}

} // namespace service_test
