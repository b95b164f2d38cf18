#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/events.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgrepo {

enum class log_level : unsigned char { debug, info, warning, error, off };
[[nodiscard]] PGREPO_DECL std::string_view to_string(log_level level) noexcept;

enum class log_format : unsigned char {
    line, ///< 2026-11-28T09:30:00.123456Z info pgrepo session what=opened pid=4711
    json, ///< {"time":"2026-11-28T09:30:00.123456Z","level":"info","event":"session","what":"opened","pid":4711}
};

struct log_options {
    /// From this level on. `debug` is for development: it shows each statement with its text. Never a value, neither a
    /// parameter's nor one of a row, but what the server says of them where `error_detail` was asked for.
    log_level level = log_level::info;
    log_format format = log_format::line;
    std::size_t most_sql = 200; ///< characters of a statement's text that are shown with a failure
};

/// An observer that makes one line of each event, and leaves writing it to `write`.
///
/// debug: statements (identifier, SQL, types of the parameters, milliseconds in queue, server and decoding, rows), acquiring,
/// transactions that were committed. info: sessions, the pool, notices of the server, transactions that were rolled back.
/// warning: warnings, the server's among them. error: statements that failed (identifier, SQLSTATE, the error's own text, milliseconds, the first characters of the SQL), sessions that were not to be had, outcomes that nobody
/// knows. Control characters are escaped: a line is one line.
///
/// Costs nothing below its level but the test. Thread-safe if `write` is.
class log_observer : public observer {
public:
    explicit log_observer(log_options options = {}) noexcept : options_(options) {}

    PGREPO_DECL void on_notice(const notice_event& event) noexcept override;
    PGREPO_DECL void on_connection(const connection_event& event) noexcept override;
    PGREPO_DECL void on_acquire(const acquire_event& event) noexcept override;
    PGREPO_DECL void on_statement(const statement_event& event) noexcept override;
    PGREPO_DECL void on_transaction(const transaction_event& event) noexcept override;
    PGREPO_DECL void on_pool(const pool_event& event) noexcept override;
    PGREPO_DECL void on_warning(const warning_event& event) noexcept override;

protected:
    /// One line without its end. Must not throw, nor call the service: it is called in the midst of a call.
    virtual void write(log_level level, std::string_view line) noexcept = 0;

private:
    [[nodiscard]] bool shows(log_level level) const noexcept {
        return level >= options_.level && options_.level != log_level::off;
    }
    class entry; // a line while it is written; in impl/log_observer.ipp

    log_options options_;
};

/// Writes each line to stderr, with one call of write(2) so that lines of several threads do not mix.
class stderr_log final : public log_observer {
public:
    using log_observer::log_observer;

protected:
    PGREPO_DECL void write(log_level level, std::string_view line) noexcept override;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/ops/impl/log_observer.ipp>
#endif
