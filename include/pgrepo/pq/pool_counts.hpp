#pragma once

#include <cstdint>

namespace pgrepo {

/// A pool at one moment. total = idle + borrowed + opening.
struct pool_counts {
    std::uint32_t max = 0;
    std::uint32_t total = 0;
    std::uint32_t idle = 0;
    std::uint32_t borrowed = 0;
    std::uint32_t opening = 0; ///< and those that are looked at after long idleness
    std::uint32_t waiting = 0; ///< calls in the queue for one
};

} // namespace pgrepo
