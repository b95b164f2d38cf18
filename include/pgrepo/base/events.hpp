#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string_view>

namespace pgrepo {

/// A message of the server beside its answers (RAISE NOTICE, warnings, why it ends the session).
/// Control characters are the server's own: escape them before they reach a terminal or a log line.
struct notice_event {
    std::string_view severity{};
    sqlstate state{};
    std::string_view message{};
    int backend_pid = 0;
};

/// A session was opened or closed. `reason` of a close: "closed", "broken", "not idle", "not reset", "deadline", "stopped", "copy",
/// "unfit"; of the pool's: "idle timeout", "lifetime", "uses", "retired", "surplus".
struct connection_event {
    bool opened = false;
    int backend_pid = 0;
    std::string_view reason{};
};

/// A session was borrowed from the pool, or was not to be had. Of a call that has one statement, before that is sent.
struct acquire_event {
    std::chrono::nanoseconds waited{}; ///< opening a session included
    std::source_location where{};
    const error* failure = nullptr; ///< null: it was had
};

/// One statement was answered and its rows decoded, or it failed. What is viewed ends with the call.
struct statement_event {
    statement_ref statement{};
    std::int64_t rows = 0;              ///< rows that came back, or were affected
    std::chrono::nanoseconds queue{};   ///< waiting for a session, before the first statement on it
    std::chrono::nanoseconds execute{}; ///< from before it was sent until its answer was here
    std::chrono::nanoseconds decode{};  ///< the rows becoming records
    bool prepared = false;              ///< it was parsed on this trip
    bool decode_failed = false;         ///< answered, but the call threw afterwards: its rows fit nothing
    const error* failure = nullptr;     ///< null: the server answered it

    /// The first word of the text as it is written there: "SELECT", "insert". Empty where there is none.
    [[nodiscard]] std::string_view verb() const noexcept {
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        const std::string_view text = statement.text;
        std::size_t from = 0;
        while (from < text.size() && !letter(text[from])) ++from;
        std::size_t to = from;
        while (to < text.size() && letter(text[to])) ++to;
        return text.substr(from, to - from);
    }
    /// The identifier up to its last dot: the table, for a repository's statements. Empty where there is no dot.
    [[nodiscard]] std::string_view table() const noexcept {
        const std::size_t dot = statement.id.rfind('.');
        return dot == std::string_view::npos ? std::string_view{} : statement.id.substr(0, dot);
    }
    [[nodiscard]] std::chrono::nanoseconds total() const noexcept { return queue + execute + decode; }
};

enum class transaction_outcome : unsigned char {
    committed,
    rolled_back,
    unknown, ///< commit_unknown
};
/// with_transaction has ended, with all its statements.
struct transaction_event {
    transaction_outcome outcome{};
    std::chrono::nanoseconds duration{}; ///< from the function's begin on
    std::int64_t statements = 0;         ///< that were answered
    std::source_location where{};        ///< of with_transaction
    const error* failure = nullptr;      ///< why it was not committed; null also where something else was thrown
};

/// A pool is there and has had its first session, or was closed.
struct pool_event {
    bool established = false;
    std::uint32_t max = 0;
};

/// Something that works but should not be so: a borrower returned a connection inside a transaction, …
struct warning_event {
    std::string_view code{}; ///< greppable: "returned_busy", "leak", "nested_acquire", "superuser", "ambient_setting"
    std::string_view message{};
    std::source_location where{};
};

/// Whoever wants to know. Attach with `postgres_config::observer`; it must outlive the service.
/// Called on the thread that made the call, and for what the pool does by itself on a thread of the pool; possibly by many
/// at once, never while a lock of ours is held.
/// Functions are noexcept: an observer cannot make a call fail. Absent, it costs one branch.
class observer {
public:
    virtual ~observer() = default;
    virtual void on_notice(const notice_event&) noexcept {}
    virtual void on_connection(const connection_event&) noexcept {}
    virtual void on_acquire(const acquire_event&) noexcept {}
    virtual void on_statement(const statement_event&) noexcept {}
    virtual void on_transaction(const transaction_event&) noexcept {}
    virtual void on_pool(const pool_event&) noexcept {}
    virtual void on_warning(const warning_event&) noexcept {}

protected:
    observer() = default;
    observer(const observer&) = default;
    observer& operator=(const observer&) = default;
};

} // namespace pgrepo
