#pragma once

#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/owner.hpp>
#include <pgrepo/pq/cancel_request.hpp>
#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/io.hpp>
#include <pgrepo/pq/wait.hpp>

#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

namespace pgrepo::detail {

#if defined(LIBPQ_HAS_ASYNC_CANCEL)

/// A cancel, as a step without I/O of its own.
class cancel_message {
public:
    static constexpr bool in_clear = false;

    /// Copies what it needs of the session.
    explicit cancel_message(pg_conn* session) noexcept : link_(PQcancelCreate(session)) {}
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(link_); }

    void deliver() noexcept {
        if (PQcancelStart(link_.get()) == 1) (void)drive(*this, deadline::in(std::chrono::seconds(10)));
    }
    [[nodiscard]] io advance() noexcept {
        // As with PQconnectPoll: the first wait is for a socket that can be written.
        if (std::exchange(fresh_, false)) return io::want_write;
        switch (PQcancelPoll(link_.get())) {
        case PGRES_POLLING_READING:
            return io::want_read;
        case PGRES_POLLING_WRITING:
            return io::want_write;
        default:
            return io::done;
        }
    }
    [[nodiscard]] int socket() const noexcept { return PQcancelSocket(link_.get()); }

private:
    struct finisher {
        void operator()(PGcancelConn* link) const noexcept { PQcancelFinish(link); }
    };
    owner<PGcancelConn, finisher> link_;
    bool fresh_ = true;
};

#else

class cancel_message {
public:
    static constexpr bool in_clear = true;

    explicit cancel_message(pg_conn* session) noexcept : key_(PQgetCancel(session)) {}
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(key_); }

    void deliver() noexcept {
        char why_not[256]; // nobody is there to be told
        PQcancel(key_.get(), why_not, static_cast<int>(sizeof why_not));
    }

private:
    struct freer {
        void operator()(PGcancel* key) const noexcept { PQfreeCancel(key); }
    };
    owner<PGcancel, freer> key_;
};

#endif

/// Cancels on their way, in the process.
PGREPO_DECL std::atomic<int>& cancels_under_way() noexcept {
    static std::atomic<int> count{0};
    return count;
}

PGREPO_DECL cancel_outcome request_cancel(pg_conn* session, bool in_clear) noexcept {
    static constexpr int most = 16;
    if (cancel_message::in_clear && !in_clear && PQsslInUse(session) != 0) return cancel_outcome::withheld;
    cancel_message message(session);
    if (!message) return cancel_outcome::impossible;
    if (cancels_under_way().fetch_add(1) >= most) {
        --cancels_under_way();
        return cancel_outcome::impossible;
    }
    // Signals are the program's: its threads take them, not this one.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    const bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    auto outcome = cancel_outcome::sent;
    try {
        std::thread([kept = std::move(message)]() mutable {
            kept.deliver();
            --cancels_under_way();
        }).detach();
    } catch (...) { // no thread to be had
        --cancels_under_way();
        outcome = cancel_outcome::impossible;
    }
    if (masked) pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return outcome;
}

} // namespace pgrepo::detail
