#pragma once

#include <pgrepo/base/deadline.hpp>

#include <time.h>

#include <limits>

namespace pgrepo {

PGREPO_DECL deadline::clock::time_point deadline::coarse_now() noexcept {
#if defined(CLOCK_MONOTONIC_COARSE) // of Linux, and of the clock that steady_clock reads there
    timespec tick{};
    if (::clock_gettime(CLOCK_MONOTONIC_COARSE, &tick) == 0)
        return clock::time_point(std::chrono::seconds(tick.tv_sec) + std::chrono::nanoseconds(tick.tv_nsec));
#endif
    return clock::now();
}

PGREPO_DECL int deadline::poll_timeout() const noexcept {
    if (is_never()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - clock::now()).count();
    constexpr long long most = std::numeric_limits<int>::max();
    return static_cast<int>(left < 0 ? 0 : left > most ? most : left);
}

} // namespace pgrepo
