#pragma once

#include <atomic>
#include <cstdint>

namespace pgrepo::detail {

/// Of the calling thread, never 0, and not given to another when it has ended: its pthread_t is.
[[nodiscard]] inline std::uint64_t thread_number() noexcept {
    static std::atomic<std::uint64_t> last{0};
    static constinit thread_local std::uint64_t own = 0;
    if (own == 0) own = last.fetch_add(1, std::memory_order_relaxed) + 1;
    return own;
}

} // namespace pgrepo::detail
