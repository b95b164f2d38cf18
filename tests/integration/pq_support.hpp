#pragma once

// What the tests of pq/ share: the server's whereabouts, statements that own their parts, and an observer that
// remembers.

#include <pgrepo/pq/connection.hpp>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pq_test {

using namespace std::chrono_literals;

inline std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

inline pgrepo::connection_options server() {
    pgrepo::connection_options options;
    options.host = environment("POSTGRES_HOST");
    options.port = static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_PORT")));
    options.user = environment("POSTGRES_USER");
    options.password = pgrepo::secret(environment("POSTGRES_PASSWORD"));
    options.database = environment("POSTGRES_DATABASE");
    options.connect_timeout = 60s; // the machine is shared; tests of the time-out have their own
    return options;
}

/// A statement and its parameters, owned. Texts travel as text with OID 0, numbers in binary as int4.
class sql {
public:
    explicit sql(std::string text, bool prepare = true) : text_(std::move(text)), prepare_(prepare) {}

    sql& text(std::string value) {
        owned_.push_back(std::move(value));
        types_.push_back(0);
        formats_.push_back(0);
        lengths_.push_back(0);
        return *this;
    }
    sql& int4(std::int32_t value) {
        std::string bytes(4, '\0');
        for (unsigned i = 0; i < 4; ++i)
            bytes[i] = static_cast<char>((static_cast<std::uint32_t>(value) >> (24U - 8U * i)) & 0xffU);
        return binary(23, std::move(bytes));
    }
    sql& binary(pgrepo::oid type, std::string bytes) {
        lengths_.push_back(static_cast<int>(bytes.size()));
        owned_.push_back(std::move(bytes));
        types_.push_back(type);
        formats_.push_back(1);
        return *this;
    }

    [[nodiscard]] pgrepo::statement_ref ref(std::source_location where = std::source_location::current()) const {
        return {.text = text_,
                .key = key_ ? *key_ : pgrepo::make_statement_key(text_, types_),
                .parameter_types = types_,
                .id = "test.statement",
                .where = where,
                .prepare = prepare_};
    }
    [[nodiscard]] pgrepo::parameters_view parameters() {
        values_.clear();
        for (const std::string& value : owned_) values_.push_back(value.data());
        return {.values = values_.data(),
                .lengths = lengths_.data(),
                .formats = formats_.data(),
                .count = static_cast<int>(values_.size())};
    }
    void pretend_key(pgrepo::statement_key key) { key_ = key; }

private:
    std::string text_;
    bool prepare_;
    std::optional<pgrepo::statement_key> key_{};
    std::deque<std::string> owned_{};
    std::vector<pgrepo::oid> types_{};
    std::vector<int> formats_{};
    std::vector<int> lengths_{};
    std::vector<const char*> values_{};
};

inline pgrepo::rowset run(pgrepo::connection& link, sql statement, pgrepo::deadline limit = {},
                          pgrepo::ride with = {}) {
    return link.execute(statement.ref(), statement.parameters(), limit, with);
}
inline pgrepo::rowset run(pgrepo::connection& link, const char* text, pgrepo::deadline limit = {}) {
    return run(link, sql(text, false), limit);
}

inline std::int64_t integer(const pgrepo::rowset& rows, int row = 0, int column = 0) {
    const pgrepo::cell value = rows.cell_at(row, column);
    std::uint64_t out = 0;
    for (const char byte : value.bytes()) out = (out << 8U) | static_cast<unsigned char>(byte);
    return value.size() == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(out))
                             : std::bit_cast<std::int64_t>(out);
}

/// The error that `function` throws; kind `migration`, which nothing here throws, if it does not.
template <class Function> pgrepo::error failure(Function&& function) {
    try {
        function();
    } catch (const pgrepo::error& caught) {
        return caught;
    }
    return pgrepo::error({.kind = pgrepo::error_kind::migration, .message = "nothing was thrown"});
}

inline void kill_backend(int pid) {
    auto other = pgrepo::connection::open(server());
    run(*other, sql("SELECT pg_terminate_backend($1)").int4(pid));
}

/// Remembers everything, from any thread.
class recorder : public pgrepo::observer {
public:
    void on_notice(const pgrepo::notice_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        notices.push_back(std::string(event.state.code()) + " " + std::string(event.message));
    }
    void on_connection(const pgrepo::connection_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        sessions.push_back(std::string(event.reason));
    }
    void on_statement(const pgrepo::statement_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        parsed.push_back(event.prepared);
        rows.push_back(event.rows);
        if (event.failure != nullptr) failures.push_back(event.failure->what());
    }
    void on_warning(const pgrepo::warning_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        warnings.push_back(std::string(event.code) + ": " + std::string(event.message));
    }

    std::vector<std::string> notices, sessions, failures, warnings;
    std::vector<bool> parsed;
    std::vector<std::int64_t> rows;

private:
    std::mutex mutex_;
};

/// Until `done` holds, or a minute and a half has passed. What is asked is the event itself: there is nothing else to wait on.
template <class Function> bool soon(Function&& done) {
    const auto limit = std::chrono::steady_clock::now() + 90s;
    while (!done()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        std::this_thread::sleep_for(500us);
    }
    return true;
}

} // namespace pq_test
