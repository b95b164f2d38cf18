// What an observer is told of calls to a real server, and that no log line holds a value.

#include "service_support.hpp"

#include <pgrepo/ops.hpp>

#include <cctype>
#include <optional>

using namespace service_test;
using pgrepo::postgres_service;
using pgrepo::sql;
using pgrepo::transaction;

namespace {

struct told {
    std::string what;
    std::string id{};
    std::int64_t number = 0; // rows, statements, max
    std::chrono::nanoseconds queue{}, execute{}, decode{};
    bool failed = false;
};

class kept_events final : public pgrepo::observer {
public:
    void on_acquire(const pgrepo::acquire_event& event) noexcept override {
        keep({.what = "acquire", .queue = event.waited, .failed = event.failure != nullptr});
    }
    void on_statement(const pgrepo::statement_event& event) noexcept override {
        keep({.what = event.decode_failed ? "undecodable" : "statement",
              .id = std::string(event.statement.id),
              .number = event.rows,
              .queue = event.queue,
              .execute = event.execute,
              .decode = event.decode,
              .failed = event.failure != nullptr});
    }
    void on_transaction(const pgrepo::transaction_event& event) noexcept override {
        keep({.what = event.outcome == pgrepo::transaction_outcome::committed ? "committed" : "rolled back",
              .number = event.statements,
              .failed = event.failure != nullptr});
    }
    void on_pool(const pgrepo::pool_event& event) noexcept override {
        keep({.what = event.established ? "established" : "pool closed", .number = event.max});
    }
    std::vector<told> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(events_, {});
    }
    /// "acquire statement:id …"
    std::string story() {
        std::string out;
        for (const told& each : take()) {
            out.append(out.empty() ? "" : " ").append(each.what);
            if (!each.id.empty()) out.append(":").append(each.id);
            if (each.failed) out += "!";
        }
        return out;
    }

private:
    void keep(told one) {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(one));
    }
    std::mutex mutex_{};
    std::vector<told> events_{};
};

class kept_log final : public pgrepo::log_observer {
public:
    using log_observer::log_observer;
    std::string all() {
        const std::lock_guard lock(mutex_);
        return all_;
    }

protected:
    void write(pgrepo::log_level, std::string_view line) noexcept override {
        const std::lock_guard lock(mutex_);
        all_.append(line).append("\n");
    }

private:
    std::mutex mutex_{};
    std::string all_{};
};

struct Note {
    std::int32_t id{};
    std::string text{};
};
struct Unfit {
    std::int32_t id{}; // NULL comes
};

struct observed_fixture {
    database db{"CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL UNIQUE CHECK (text <> 'no'))"};
    kept_events events{};
    std::optional<postgres_service> service{std::in_place, [this] {
                                                auto config = db.config();
                                                config.observer = &events;
                                                return config;
                                            }()};
    void add(std::int32_t id, std::string_view text) {
        service->insert(sql<"INSERT INTO notes VALUES ($1, $2)", "notes.add">, id, text);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(observer)

BOOST_FIXTURE_TEST_CASE(the_life_of_a_service, observed_fixture) {
    BOOST_TEST(events.story() == "acquire statement:connect established");
    add(1, "one");
    (void)service->select<Note>(sql<"SELECT id, text FROM notes", "notes.all">);
    BOOST_TEST(events.story() == "acquire statement:notes.add acquire statement:notes.all");
    service.reset();
    BOOST_TEST(events.story() == "pool closed");
}

BOOST_FIXTURE_TEST_CASE(times_and_rows, observed_fixture) {
    (void)events.take();
    service->insert(sql<"INSERT INTO notes SELECT n, 'note ' || n FROM generate_series(1, $1) AS n", "notes.fill">,
                    5000);
    (void)service->select<Note>(sql<"SELECT id, text FROM notes, pg_sleep(0.05)", "notes.all">);
    const auto seen = events.take();
    BOOST_REQUIRE(seen.size() == 4U);
    BOOST_TEST(seen[1].number == 5000);
    BOOST_TEST(seen[3].number == 5000);
    BOOST_TEST(seen[3].execute.count() >= 50'000'000);
    BOOST_TEST(seen[3].decode.count() > 0);
    BOOST_TEST(seen[3].queue.count() == seen[2].queue.count());
}

BOOST_FIXTURE_TEST_CASE(failures, observed_fixture) {
    add(1, "one");
    (void)events.take();
    (void)failure_of([&] { add(2, "one"); });
    BOOST_TEST(events.story() == "acquire statement:notes.add!");
    (void)failure_of([&] { (void)service->select<Unfit>(sql<"SELECT NULL::integer AS id", "unfit">); });
    BOOST_TEST(events.story() == "acquire undecodable:unfit");
    // one that was thrown before, and is being handled, is not this statement's
    try {
        throw std::runtime_error("earlier");
    } catch (const std::runtime_error&) {
        (void)service->select<Note>(sql<"SELECT id, text FROM notes", "notes.all">);
    }
    BOOST_TEST(events.story() == "acquire statement:notes.all");
}

BOOST_FIXTURE_TEST_CASE(transactions, observed_fixture) {
    (void)events.take();
    service->with_transaction([&](transaction& tx) {
        tx.execute(sql<"INSERT INTO notes VALUES (1, 'one')", "a">);
        tx.execute(sql<"INSERT INTO notes VALUES (2, 'two')", "b">);
    });
    auto seen = events.take();
    BOOST_REQUIRE(!seen.empty());
    BOOST_TEST(seen.back().what == "committed");
    BOOST_TEST(seen.back().number == 2);
    BOOST_CHECK_THROW(service->with_transaction([&](transaction& tx) {
        tx.execute(sql<"INSERT INTO notes VALUES (3, 'three')", "c">);
        throw std::runtime_error("no");
    }),
                      std::runtime_error);
    BOOST_TEST(events.story() == "acquire statement:c statement:ROLLBACK rolled back");
    (void)failure_of([&] {
        service->with_transaction([&](transaction& tx) { tx.execute(sql<"INSERT INTO notes VALUES (1, 'x')", "d">); });
    });
    BOOST_TEST(events.story() == "acquire statement:d! statement:ROLLBACK rolled back!");
}

namespace {

/// Twenty texts that share no four characters with anything else, and have what URLs and shells stumble over.
std::vector<std::string> canaries() {
    std::vector<std::string> out;
    for (int i = 0; i < 20; ++i) out.push_back("Qx" + std::to_string(i % 10) + "#vZ" + std::to_string(i) + "!kW@yJ");
    return out;
}
void check_silence(const std::string& all, const std::string& canary) {
    for (std::size_t at = 0; at + 4 <= canary.size(); ++at)
        BOOST_TEST(all.find(canary.substr(at, 4)) == std::string::npos,
                   "a part of it came out: " << canary.substr(at, 4));
}
std::string percent_encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        constexpr const char* digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0)
            out += c;
        else
            out.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return out;
}

/// All that an error says.
std::string text_of(const pgrepo::error& failure) {
    const pgrepo::error_details& all = failure.details();
    return std::string(failure.what()) + '\n' + all.message + '\n' + all.schema + '\n' + all.table + '\n' + all.column +
           '\n' + all.constraint + '\n' + all.statement_id + '\n' + all.detail + '\n' + all.hint + '\n';
}

/// Every text that an observer is handed.
class every_text final : public pgrepo::observer {
public:
    void on_notice(const pgrepo::notice_event& event) noexcept override { keep(event.message); }
    void on_connection(const pgrepo::connection_event& event) noexcept override { keep(event.reason); }
    void on_acquire(const pgrepo::acquire_event& event) noexcept override { keep(event.failure); }
    void on_statement(const pgrepo::statement_event& event) noexcept override {
        keep(event.statement.text);
        keep(event.statement.id);
        keep(event.failure);
    }
    void on_transaction(const pgrepo::transaction_event& event) noexcept override { keep(event.failure); }
    void on_warning(const pgrepo::warning_event& event) noexcept override { keep(event.message); }
    [[nodiscard]] std::string all() {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    void keep(std::string_view text) {
        const std::lock_guard lock(mutex_);
        text_.append(text).append("\n");
    }
    void keep(const pgrepo::error* failure) {
        if (failure != nullptr) keep(text_of(*failure));
    }
    std::mutex mutex_{};
    std::string text_{};
};

} // namespace

// Passwords that are refused, and URLs that are wrong, in what is thrown, logged and told to observers.
BOOST_AUTO_TEST_CASE(nothing_holds_a_password) {
    database db;
    every_text events;
    kept_log lines({.level = pgrepo::log_level::debug, .format = pgrepo::log_format::line});
    kept_log json({.level = pgrepo::log_level::debug, .format = pgrepo::log_format::json});
    std::string thrown;
    const auto fails = [&](auto&& call) { thrown += text_of(failure_of(call)); };
    const std::string host = percent_encoded(environment("POSTGRES_HOST"));
    const std::string port = environment("POSTGRES_PORT"), user = environment("POSTGRES_USER");
    for (pgrepo::observer* watcher : {static_cast<pgrepo::observer*>(&events), static_cast<pgrepo::observer*>(&lines),
                                      static_cast<pgrepo::observer*>(&json)})
        for (const std::string& canary : canaries()) {
            auto config = db.config();
            config.observer = watcher;
            config.password = pgrepo::secret(canary);
            fails([&] { postgres_service service{config}; });
            const std::string encoded = percent_encoded(canary);
            auto url = pgrepo::postgres_config::from_url("postgres://" + user + ":" + encoded + "@" + host + ":" +
                                                         port + "/" + db.name());
            url.observer = watcher;
            fails([&] { postgres_service service{url}; });
            for (const std::string& wrong :
                 {"postgres://ada:" + encoded + "@host:99999/shop",
                  "postgres://ada:" + encoded + "@host/shop?what=ever", "postgres://ada:" + canary + "@host:port/shop",
                  "postgres://ada:%" + canary + "@host/shop", "mysql://ada:" + encoded + "@host/shop",
                  "host=x password=" + canary, "postgres://host/shop?password=" + canary + "%"})
                fails([&] { static_cast<void>(pgrepo::postgres_config::from_url(wrong)); });
        }
    const std::string all = thrown + events.all() + lines.all() + json.all();
    for (const std::string& where : {thrown, events.all(), lines.all(), json.all()})
        BOOST_TEST(where.find("28P01") != std::string::npos); // the refusals are there
    for (const std::string& canary : canaries()) {
        check_silence(all, canary);
        check_silence(all, percent_encoded(canary));
    }
}

// Values, through statements that fail in every way there is.
BOOST_AUTO_TEST_CASE(no_line_holds_a_value) {
    database db{"CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL UNIQUE CHECK (length(text) < 20))"};
    const std::vector<std::string> values = canaries();
    for (const auto format : {pgrepo::log_format::line, pgrepo::log_format::json}) {
        kept_log log({.level = pgrepo::log_level::debug, .format = format});
        auto config = db.config();
        config.observer = &log;
        postgres_service service{config};
        for (int i = 0; i < 20; ++i) {
            const std::string& canary = values[static_cast<std::size_t>(i)];
            const auto fails = [&](auto&& call) { (void)failure_of(call); };
            service.execute(sql<"DELETE FROM notes">);
            service.insert(sql<"INSERT INTO notes VALUES ($1, $2)">, i, canary);
            fails([&] { service.insert(sql<"INSERT INTO notes VALUES ($1, $2)">, i + 100, canary); }); // unique
            fails([&] {
                service.insert(sql<"INSERT INTO notes VALUES ($1, $2)">, 1000, canary + canary + canary);
            }); // check
            fails([&] { (void)service.select_value<std::int32_t>(sql<"SELECT $1::text::integer AS n">, canary); });
            fails([&] { (void)service.select_value<pgrepo::uuid>(sql<"SELECT $1::text::uuid AS u">, canary); });
            fails([&] {
                (void)service.select_value<std::int64_t>(sql<"SELECT nextval($1::text::regclass) AS n">, canary);
            });
            fails([&] { service.execute(sql<"SELECT set_config('work_mem', $1, false)">, canary); });
            fails([&] {
                service.with_transaction(
                    [&](transaction& tx) { tx.insert(sql<"INSERT INTO notes VALUES ($1, $2)">, i + 200, canary); });
            });
            fails([&] { (void)service.select_value<std::int32_t>(sql<"SELECT $1::text AS n">, canary); }); // wrong type
        }
        const std::string all = log.all();
        BOOST_TEST(all.find("23505") != std::string::npos); // the failures are there
        BOOST_TEST(all.find("22P02") != std::string::npos);
        BOOST_TEST(all.find(config.password.reveal()) == std::string::npos);
        for (const std::string& canary : values) check_silence(all, canary);
    }
}

BOOST_AUTO_TEST_SUITE_END()
