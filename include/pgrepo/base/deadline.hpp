#pragma once

#include <pgrepo/base/config.hpp>

#include <chrono>

namespace pgrepo {

/// A moment on the steady clock after which a call gives up. Clock steps do not move it.
class deadline {
public:
    using clock = std::chrono::steady_clock;

    /// Never: for code that has a limit of its own.
    constexpr deadline() noexcept = default;
    constexpr explicit deadline(clock::time_point at) noexcept : at_(at) {}

    [[nodiscard]] static constexpr deadline never() noexcept { return {}; }
    /// `span` from now; zero or less has passed already. A span too large for the clock is never.
    template <class Rep, class Period> [[nodiscard]] static deadline in(std::chrono::duration<Rep, Period> span) {
        return after(clock::now(), span);
    }
    /// The same from another moment on.
    template <class Rep, class Period>
    [[nodiscard]] static deadline after(clock::time_point start, std::chrono::duration<Rep, Period> span) {
        if (span <= span.zero()) return deadline(start); // a span far in the past does not fit the clock either
        if (std::chrono::duration<double>(span) >= std::chrono::duration<double>(clock::time_point::max() - start))
            return {};
        return deadline(start + std::chrono::duration_cast<clock::duration>(span));
    }

    [[nodiscard]] constexpr bool is_never() const noexcept { return at_ == clock::time_point::max(); }
    [[nodiscard]] constexpr clock::time_point at() const noexcept { return at_; }
    [[nodiscard]] bool passed() const noexcept { return !is_never() && clock::now() >= at_; }
    /// The steady clock as it stood at the kernel's last tick: 1 to 10 ms behind, for a quarter of the price (4 ns, where
    /// the clock itself costs 17 and more). For spans of which that much does not matter. Source: clock_gettime(2).
    [[nodiscard]] static PGREPO_DECL clock::time_point coarse_now() noexcept;
    /// What `poll(2)` takes: milliseconds left, rounded up so that it does not spin at the end; -1 for never.
    [[nodiscard]] PGREPO_DECL int poll_timeout() const noexcept;

    [[nodiscard]] friend constexpr deadline earlier(deadline a, deadline b) noexcept { return a.at_ < b.at_ ? a : b; }
    friend constexpr bool operator==(deadline, deadline) noexcept = default;

private:
    clock::time_point at_ = clock::time_point::max();
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/base/impl/deadline.ipp>
#endif
