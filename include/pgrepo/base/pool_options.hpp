#pragma once

#include <chrono>
#include <cstdint>

namespace pgrepo {

struct pool_options {
    std::uint32_t max = 10;                           ///< sessions at most
    std::chrono::milliseconds acquire_timeout{60000}; ///< how long a call waits for one before pool_exhausted
};

} // namespace pgrepo
