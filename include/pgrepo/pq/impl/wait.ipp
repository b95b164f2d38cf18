#pragma once

#include <pgrepo/pq/wait.hpp>

#include <poll.h>

#include <cerrno>

namespace pgrepo::detail {

PGREPO_HOT PGREPO_DECL wait_outcome wait_for(int socket, io what, deadline limit, watch_post* post,
                                             bool fresh) noexcept {
    if (socket < 0) [[unlikely]]
        return wait_outcome::failed;
    pollfd watched{};
    watched.fd = socket;
    watched.events = static_cast<short>(what == io::want_write ? POLLIN | POLLOUT : POLLIN);
    for (;; fresh = false) {
        // Before the poll: a server that never stops sending must not outrun the deadline.
        if (!fresh && limit.passed()) [[unlikely]]
            return wait_outcome::timed_out;
        const bool guarded = post != nullptr && !limit.is_never() && post->arm(socket, limit);
        const int ready = ::poll(&watched, 1, guarded ? -1 : limit.poll_timeout());
        if (guarded && post->disarm()) [[unlikely]]
            return wait_outcome::timed_out;
        if (ready > 0) [[likely]]
            return (watched.revents & POLLNVAL) != 0 ? wait_outcome::failed : wait_outcome::ready;
        if (ready < 0 && errno != EINTR) return wait_outcome::failed;
    }
}

PGREPO_DECL bool has_input(int socket) noexcept {
    pollfd watched{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, 0) != 0; // an interruption counts as input: looking is harmless
}

} // namespace pgrepo::detail
