#pragma once

#include <pgrepo/pq/pool_statistics.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pgrepo::detail {

/// Counts of times in eight steps to each doubling, from a nanosecond to centuries. Not thread-safe. 4 kB.
class time_histogram {
public:
    void add(std::chrono::nanoseconds time, std::uint64_t times = 1) noexcept {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
        counts_[step_of(value)] += times;
        total_ += times;
        max_ = std::max(max_, value);
    }
    /// `before`: so many more that took no time.
    [[nodiscard]] time_percentiles percentiles(std::uint64_t before = 0) const noexcept {
        return {.count = total_ + before,
                .p50 = at(before, 50),
                .p95 = at(before, 95),
                .p99 = at(before, 99),
                .max = std::chrono::nanoseconds(max_)};
    }

private:
    static constexpr unsigned fine = 3; // bits: eight steps

    [[nodiscard]] static constexpr std::size_t step_of(std::uint64_t value) noexcept {
        if (value < (1U << fine)) return static_cast<std::size_t>(value);
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - fine - 1;
        return ((std::size_t{shift} + 1) << fine) + static_cast<std::size_t>(value >> shift) - (1U << fine);
    }
    /// The largest value of a step.
    [[nodiscard]] static constexpr std::uint64_t top_of(std::size_t step) noexcept {
        if (step < (1U << fine)) return step;
        const std::size_t shift = (step >> fine) - 1;
        return (((step & ((1U << fine) - 1)) + (1U << fine) + 1) << shift) - 1;
    }
    [[nodiscard]] std::chrono::nanoseconds at(std::uint64_t before, std::uint64_t percent) const noexcept {
        const std::uint64_t all = total_ + before;
        const std::uint64_t wanted = all - all * (100 - percent) / 100; // that many are no slower
        std::uint64_t seen = before;
        for (std::size_t i = 0; seen < wanted && i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen >= wanted) return std::chrono::nanoseconds(std::min(top_of(i), max_));
        }
        return {};
    }

    std::array<std::uint64_t, 62U << fine> counts_{}; // of times up to 2^63 - 1
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace pgrepo::detail
