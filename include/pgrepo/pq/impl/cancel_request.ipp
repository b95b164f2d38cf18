#pragma once

#include <pgrepo/pq/cancel_request.hpp>
#include <pgrepo/pq/impl/libpq.ipp>

#include <signal.h>

#include <atomic>
#include <thread>

namespace pgrepo::detail {

struct cancel_request::key {
    explicit key(pg_conn* session) noexcept : of(PQgetCancel(session)) {}
    key(const key&) = delete;
    key& operator=(const key&) = delete;
    ~key() { PQfreeCancel(of); }

    PGcancel* of; // null: libpq had no memory
};

/// Cancels on their way, in the process.
PGREPO_DECL std::atomic<int>& cancels_under_way() noexcept {
    static std::atomic<int> count{0};
    return count;
}

PGREPO_DECL cancel_request::cancel_request(pg_conn* session) : key_(std::make_shared<key>(session)) {}

PGREPO_DECL void cancel_request::send() const noexcept {
    static constexpr int most = 16;
    if (!key_ || key_->of == nullptr) return;
    if (cancels_under_way().fetch_add(1) >= most) {
        --cancels_under_way();
        return;
    }
    // Signals are the program's: its threads take them, not this one.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    const bool masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    try {
        std::thread([kept = key_] {
            char why_not[256]; // nobody is there to be told
            PQcancel(kept->of, why_not, static_cast<int>(sizeof why_not));
            --cancels_under_way();
        }).detach();
    } catch (...) { // no thread to be had
        --cancels_under_way();
    }
    if (masked) pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace pgrepo::detail
