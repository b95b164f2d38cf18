#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/io.hpp>

namespace pgrepo::detail {

enum class wait_outcome : unsigned char { ready, timed_out, failed };

/// Blocks until the socket is ready for `what`, or the deadline has passed. The only place where pgrepo waits for a
/// server. Interruptions by signals are not noticed; a socket in error counts as ready (the next read says why).
/// With a post, the deadline is kept by its watch, and a socket that timed out has been shut down.
/// `fresh`: the caller has only just seen that the deadline is not over. `failed`: there is no such socket.
/// Source: poll(2).
[[nodiscard]] wait_outcome wait_for(int socket, io what, deadline limit, watch_post* post = nullptr,
                                    bool fresh = false) noexcept;

/// Whether a read would find something now, the end of the stream and an error included. Does not wait.
[[nodiscard]] bool has_input(int socket) noexcept;

/// Drives a protocol step to its end. The step may change its socket between calls. With a post, the
/// caller has just seen that the deadline is not over: another look at the clock would cost a two-hundredth of a find by key.
template <class Step>
[[nodiscard]] PGREPO_HOT wait_outcome drive(Step& step, deadline limit, watch_post* post = nullptr) {
    for (bool fresh = post != nullptr;; fresh = false) {
        const io next = step.advance();
        if (next == io::done) return wait_outcome::ready;
        const wait_outcome outcome = wait_for(step.socket(), next, limit, post, fresh);
        if (outcome != wait_outcome::ready) return outcome;
    }
}

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/wait.ipp>
#endif
