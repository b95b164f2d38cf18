#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/fork_guard.hpp>

#include <atomic>
#include <mutex>

namespace pgrepo::detail {

class pool_core;

/// The pools whose threads must have stopped before OpenSSL cleans up after itself at the program's end: a session that is being
/// opened then (SCRAM suffices, without TLS) uses what is gone. A pool that is static in the program may be destroyed later than
/// that, or never.
class program_end {
public:
    /// A member of each pool.
    struct entry {
        pool_core* pool = nullptr;
        entry* next = nullptr;
    };

    [[nodiscard]] PGREPO_DECL static program_end& instance();
    /// Before the pool's first thread starts, and without its lock. It must stay until `leave`.
    PGREPO_DECL void enter(entry& one, pool_core& pool) noexcept;
    /// When it returns, nobody stops the pool's threads any more.
    PGREPO_DECL void leave(entry& one) noexcept;

private:
    struct last_act;
    program_end() = default;
    void halt_all() noexcept;

    const fork_guard born_{};
    std::atomic<bool> comes_{false};
    std::mutex mutex_{};
    entry* first_ = nullptr;
};

} // namespace pgrepo::detail
