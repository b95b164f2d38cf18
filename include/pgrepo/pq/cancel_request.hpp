#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/pq/handles.hpp>

namespace pgrepo::detail {

enum class cancel_outcome : unsigned char {
    sent,     ///< on its way; how it went is told to nobody
    withheld, ///< it would have to be sent in the clear
    /// No thread or memory is to be had, the session is no more, or sixteen are on their way already, in the whole process:
    /// the network is broken then.
    impossible,
};

/// Asks the server to stop what this session is doing, over a link of its own, from a thread of its own: whoever gave up
/// does not wait for a server that may be out of reach. Only for a session that is closed right after it and never used
/// again: then it cannot hit a later statement.
///
/// What is sent is the session's process id and a secret, good for cancelling this session and nothing else. From libpq 17 on
/// the link is encrypted and verified as the session is, and given up after ten seconds. Before, libpq can only send it in
/// the clear: of an encrypted session that is done only with `in_clear`.
/// Thread-safe for different sessions. Source: libpq manual, PQcancelCreate, PQcancel.
[[nodiscard]] cancel_outcome request_cancel(pg_conn* session, bool in_clear) noexcept;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/cancel_request.ipp>
#endif
