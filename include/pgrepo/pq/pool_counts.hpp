#pragma once

#include <cstdint>

namespace pgrepo {

/// A pool at one moment. total = idle + borrowed + those being opened.
struct pool_counts {
    std::uint32_t max = 0;
    std::uint32_t total = 0;
    std::uint32_t idle = 0;
    std::uint32_t borrowed = 0;
    std::uint32_t waiting = 0; ///< calls in the queue for one
};

} // namespace pgrepo
