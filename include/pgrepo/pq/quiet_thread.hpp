#pragma once

#include <signal.h>

#include <thread>
#include <utility>

namespace pgrepo::detail {

/// A thread that takes no signals: those are the program's, and for its own threads. Throws std::system_error where none is to
/// be had.
template <class Function> [[nodiscard]] std::thread quiet_thread(Function&& function) {
    struct blocked {
        blocked() noexcept {
            sigset_t all;
            sigfillset(&all);
            ::pthread_sigmask(SIG_SETMASK, &all, &before);
        }
        blocked(const blocked&) = delete;
        blocked& operator=(const blocked&) = delete;
        ~blocked() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
        sigset_t before{};
    } while_it_starts;
    return std::thread(std::forward<Function>(function));
}

} // namespace pgrepo::detail
