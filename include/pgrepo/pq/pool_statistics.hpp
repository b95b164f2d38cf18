#pragma once

#include <pgrepo/pq/pool_counts.hpp>

#include <chrono>
#include <cstdint>

namespace pgrepo {

/// How long something took. `count` were measured; a percentile is exact to an eighth of itself.
struct time_percentiles {
    std::uint64_t count = 0;
    std::chrono::nanoseconds p50{};
    std::chrono::nanoseconds p95{};
    std::chrono::nanoseconds p99{};
    std::chrono::nanoseconds max{};
};

/// Why sessions were closed, and how many.
struct pool_closings {
    std::uint64_t idle_timeout = 0;
    std::uint64_t lifetime = 0;
    std::uint64_t uses = 0;
    std::uint64_t retired = 0;       ///< by retire_all, or because the server is going away or takes no writes any more
    std::uint64_t surplus = 0;       ///< beyond a max that was lowered
    std::uint64_t broken = 0;        ///< found dead, or broken by a call: a deadline among them
    std::uint64_t returned_busy = 0; ///< given back inside a transaction
    std::uint64_t not_reset = 0;     ///< what the borrower had set could not be undone
    std::uint64_t closed = 0;        ///< with the pool

    [[nodiscard]] constexpr std::uint64_t all() const noexcept {
        return idle_timeout + lifetime + uses + retired + surplus + broken + returned_busy + not_reset + closed;
    }
};

/// A pool since it was made. Counts only grow.
struct pool_statistics {
    pool_counts now{};
    std::uint64_t acquired = 0; ///< loans
    std::uint64_t waited = 0;   ///< loans that had to wait
    std::uint64_t opened = 0;
    std::uint64_t open_failures = 0;
    pool_closings closings{};
    std::uint64_t timeouts = 0; ///< waits that ended at acquire_timeout or at the call's deadline
    std::uint64_t refused = 0;  ///< calls that were not let wait: queue full, server down, a thread in its own way
    std::uint64_t stopped = 0;  ///< waits ended by a stop_token
    std::uint64_t leaks = 0;    ///< loans reported as leaked
    std::uint64_t returned = 0; ///< of those, came back after all
    time_percentiles acquire{}; ///< how long loans took to be had; those that did not wait count as nothing
    time_percentiles hold{};    ///< how long they lasted: of one in sixteen, and of one at a time
    std::chrono::nanoseconds connect{}; ///< what opening a session takes, lately
};

} // namespace pgrepo
