#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/owner.hpp>
#include <pgrepo/base/pool_options.hpp>
#include <pgrepo/pq/loan.hpp>
#include <pgrepo/pq/pool_close_report.hpp>
#include <pgrepo/pq/pool_counts.hpp>
#include <pgrepo/pq/pool_exhausted.hpp>
#include <pgrepo/pq/pool_statistics.hpp>

#include <cstdint>
#include <source_location>
#include <string_view>
#include <vector>

namespace pgrepo {

namespace detail {
class pool_core;
struct pool_core_leaver {
    PGREPO_DECL void operator()(pool_core* core) const noexcept;
};
} // namespace detail

/// At most `max` sessions, lent out one borrower at a time. Thread-safe; calls neither the server nor the observer
/// while it holds its lock.
///
/// Sessions are opened, ended and looked at by threads of its own (one, and up to `connect_concurrency` more while all are
/// busy); they are started by the first `acquire`, take no signals and are joined by the destructor, which
/// waits for none of them longer than it takes to stop a connect (50 ms). Callers only ever wait in its queue.
class pool {
public:
    /// Opens nothing yet. Throws `error` configuration if `limits.max` or `limits.connect_concurrency` is 0, or `limits.min` larger
    /// than `max`. `watcher` may be null and must outlive pool and loans.
    explicit pool(connection_options options, pool_options limits = {}, observer* watcher = nullptr);
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;
    /// As `close()`. Loans may outlive it. Until it returns, the observer may still be told of sessions, and may ask the pool.
    ~pool() = default;

    /// Lends the session returned last; else waits for whichever comes first, one that is given back or one that is opened for
    /// it. A session that was idle for 10 ms or more is looked at first (no round trip), one that was for `ping_after` has to
    /// answer (one round trip), and a dead one is replaced unseen. A newcomer may be faster than a waiter, but a waiter of
    /// 50 ms is served before anyone.
    /// `where` is the user's call, `statement_id` what it is for: they are named when connections run out.
    /// Throws `error`: `pool_exhausted_error` after `acquire_timeout`, or at once where `max_waiting` calls wait already, or where
    /// this thread waits for itself (it, and only others that wait as well, hold every session); deadline_exceeded if
    /// the call's deadline ends before; closed; cancelled if it is stopped; usage in a child process, whose pool this is
    /// not. Where no session is open and the last attempt to open one failed, at once what that was refused with
    /// (`connection::open`), while another is not due.
    [[nodiscard]] loan acquire(const call_options& options,
                               std::source_location where = std::source_location::current(),
                               std::string_view statement_id = {});
    [[nodiscard]] loan acquire(deadline limit = {}, std::source_location where = std::source_location::current()) {
        return acquire(call_options{.deadline = limit, .stop = {}}, where);
    }

    /// Ends it for good: idle sessions are closed now, borrowed ones when they come back, waiters and later callers
    /// get kind closed. May be repeated, from any thread.
    void close() noexcept;
    /// The same; then waits until `limit` for the sessions that are borrowed, and ends the calls that are under way on those
    /// that are left: kind closed, the server is asked to cancel, as at a deadline. Waits for those a second more. A
    /// borrower between two calls keeps its loan, whose next call fails. Of two at once each tells what it saw.
    pool_close_report close(deadline limit) noexcept;
    [[nodiscard]] bool is_closed() const noexcept;

    /// Sessions at most, from now on. Those beyond it are closed when they are idle. Throws `error` configuration for 0.
    void resize(std::uint32_t max);
    /// Replaces every session: idle ones are closed now, borrowed ones when they come back.
    void retire_all() noexcept;

    [[nodiscard]] pool_counts counts() const noexcept;
    [[nodiscard]] pool_statistics statistics() const noexcept;
    /// Who has sessions now, the oldest loan first.
    [[nodiscard]] std::vector<pool_holder> holders() const;
    /// The host that the session opened last is on, or was, and its port; of `options` the first before there was one.
    [[nodiscard]] host_port newest_endpoint() const;

private:
    detail::owner<detail::pool_core, detail::pool_core_leaver> core_;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/pool.ipp>
#endif
