#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/pq/handles.hpp>

#include <memory>

namespace pgrepo::detail {

/// Asks the server to stop what one session is doing, over a link of its own, from a thread of its own: whoever gave up does
/// not wait for a server that may be out of reach. Sent only for a session that is closed with it and never used again:
/// it cannot hit a later statement. Thread-safe.
///
/// libpq sends the session's process id and secret in the clear, also where the session itself is encrypted (before
/// libpq 17): they are good for cancelling this session and nothing else. Source: libpq manual, PQcancel.
class cancel_request {
public:
    /// Of no session: sends nothing.
    cancel_request() noexcept = default;
    /// Of a session that is open. Keeps what it needs: may outlive it. Throws std::bad_alloc.
    explicit cancel_request(pg_conn* session);

    /// Does not wait, and tells nothing of how it went. Nothing is sent where no thread is to be had, or where sixteen are
    /// on their way already, in the whole process: the network is broken then.
    void send() const noexcept;

private:
    struct key;
    std::shared_ptr<key> key_{};
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/cancel_request.ipp>
#endif
