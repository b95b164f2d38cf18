#pragma once

#include <cstdint>

namespace pgrepo {

/// What became of the sessions that were borrowed when a pool was closed with a deadline.
struct pool_close_report {
    std::uint32_t drained = 0;   ///< came back in time
    std::uint32_t cancelled = 0; ///< came back once their calls were ended
    std::uint32_t left = 0; ///< are still with their borrowers, who were in no call; each is closed when it comes back
};

} // namespace pgrepo
