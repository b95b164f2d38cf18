#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

namespace pgrepo::detail {

/// Who a thread is: for people, and to tell threads apart.
struct thread_mark {
    std::uint64_t number = 0; ///< not given to another when it has ended, as its pthread_t is; 0: of no thread
    pthread_t handle{};
};

/// Of the calling thread. Asked of the system once: a call in each loan is a page of the C library more.
[[nodiscard]] inline const thread_mark& own_thread() noexcept {
    static std::atomic<std::uint64_t> last{0};
    static constinit thread_local thread_mark own{};
    if (own.number == 0) own = {last.fetch_add(1, std::memory_order_relaxed) + 1, ::pthread_self()};
    return own;
}

} // namespace pgrepo::detail
