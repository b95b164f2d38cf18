#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>

#include <chrono>
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

/// A session was opened or closed. `reason` of a close: "closed", "broken", "not idle", "deadline".
struct connection_event {
    bool opened = false;
    int backend_pid = 0;
    std::string_view reason{};
};

/// One statement was answered, or failed.
struct statement_event {
    statement_ref statement{};
    std::int64_t rows = 0; ///< rows that came back, or were affected
    std::chrono::nanoseconds duration{};
    bool prepared = false;          ///< it was parsed on this trip
    const error* failure = nullptr; ///< null: it succeeded
};

/// Something that works but should not be so: a borrower returned a connection inside a transaction, …
struct warning_event {
    std::string_view code{}; ///< greppable: "returned_busy", "superuser"
    std::string_view message{};
    std::source_location where{};
};

/// Whoever wants to know. Attach with `postgres_config::observer`; it must outlive the service.
/// Called on the thread that made the call, possibly by many at once, never while a lock of ours is held.
/// Functions are noexcept: an observer cannot make a call fail. Absent, it costs one branch.
class observer {
public:
    virtual ~observer() = default;
    virtual void on_notice(const notice_event&) noexcept {}
    virtual void on_connection(const connection_event&) noexcept {}
    virtual void on_statement(const statement_event&) noexcept {}
    virtual void on_warning(const warning_event&) noexcept {}

protected:
    observer() = default;
    observer(const observer&) = default;
    observer& operator=(const observer&) = default;
};

} // namespace pgrepo
