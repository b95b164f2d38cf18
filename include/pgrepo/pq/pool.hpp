#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/owner.hpp>
#include <pgrepo/base/pool_options.hpp>
#include <pgrepo/pq/loan.hpp>
#include <pgrepo/pq/pool_counts.hpp>

#include <source_location>

namespace pgrepo {

namespace detail {
class pool_core;
struct pool_core_leaver {
    PGREPO_DECL void operator()(pool_core* core) const noexcept;
};
} // namespace detail

/// At most `max` sessions, lent out one borrower at a time. Thread-safe; calls neither the server nor the observer
/// while it holds its lock. Opens nothing before the first `acquire`.
class pool {
public:
    /// Throws `error` configuration if `limits.max` is 0. `watcher` may be null and must outlive pool and loans.
    explicit pool(connection_options options, pool_options limits = {}, observer* watcher = nullptr);
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;
    /// As `close()`.
    ~pool() = default;

    /// Lends the session returned last; opens one on the calling thread if none is idle and there are fewer than
    /// `max`; else waits. A session that was idle for 10 ms or more is looked at first (no round trip), and a dead
    /// one replaced unseen. A newcomer may be faster than a waiter, but a waiter of 50 ms is served before anyone.
    /// `where` is the user's call: it is named when connections run out.
    /// Throws `error`: pool_exhausted after `acquire_timeout`, naming who holds the sessions; deadline_exceeded if
    /// `limit` ends before; closed; and what `connection::open` throws (bounded by its connect_timeout and `limit`).
    /// cancelled if it is stopped; usage in a child process, whose pool this is not.
    [[nodiscard]] loan acquire(const call_options& options,
                               std::source_location where = std::source_location::current());
    [[nodiscard]] loan acquire(deadline limit = {}, std::source_location where = std::source_location::current()) {
        return acquire(call_options{.deadline = limit, .stop = {}}, where);
    }

    /// Ends it for good: idle sessions are closed now, borrowed ones when they come back, waiters and later callers
    /// get kind closed. May be repeated, from any thread.
    void close() noexcept;
    [[nodiscard]] bool is_closed() const noexcept;

    [[nodiscard]] pool_counts counts() const noexcept;
    /// The host that the session opened last is on, or was, and its port; of `options` the first before there was one.
    [[nodiscard]] host_port newest_endpoint() const;

private:
    detail::owner<detail::pool_core, detail::pool_core_leaver> core_;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/pool.ipp>
#endif
