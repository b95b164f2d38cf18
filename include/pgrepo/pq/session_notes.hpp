#pragma once

#include <pgrepo/base/events.hpp>
#include <pgrepo/base/sqlstate.hpp>
#include <pgrepo/pq/handles.hpp>

namespace pgrepo::detail {

/// What the server said beside its answers. libpq calls back into it, so its address must not change while the
/// session is open.
struct session_notes {
    observer* watcher = nullptr;
    int backend_pid = 0;
    /// Why the server is ending the session (57P01, …): after an immediate shutdown this comes as a notice only, and
    /// the failed statement has no SQLSTATE at all.
    sqlstate farewell{};

    /// From now on the session's notices come here and none goes to stderr.
    void listen(pg_conn* connection) noexcept;
    void take(const pg_result* notice) noexcept;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/session_notes.ipp>
#endif
