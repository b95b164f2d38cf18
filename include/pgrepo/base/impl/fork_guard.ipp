#pragma once

#include <pgrepo/base/fork_guard.hpp>

#include <pthread.h>

#include <atomic>

namespace pgrepo::detail {

struct fork_count {
    std::atomic<unsigned> forks{0};
};
/// Asking for the process id would be a system call for each call: the C library tells the child instead.
inline fork_count forks_seen{};

PGREPO_DECL fork_guard::fork_guard() noexcept {
    static const int told = ::pthread_atfork(nullptr, nullptr, [] { ++forks_seen.forks; });
    static_cast<void>(told); // no memory for it: then forks go unseen
    made_in_ = forks_seen.forks.load(std::memory_order_relaxed);
}

PGREPO_DECL bool fork_guard::in_child() const noexcept {
    return forks_seen.forks.load(std::memory_order_relaxed) != made_in_;
}

} // namespace pgrepo::detail
