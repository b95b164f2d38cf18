#pragma once

#include <chrono>
#include <cstdint>

namespace pgrepo {

/// How many sessions a pool holds, and for how long. The pool acts on `max` and `acquire_timeout`; the others are
/// read, checked and carried, and it acts on them in a coming change.
struct pool_options {
    std::uint32_t max = 10;                           ///< sessions at most
    std::chrono::milliseconds acquire_timeout{60000}; ///< how long a call waits for one before pool_exhausted

    std::uint32_t min = 0;                           ///< sessions kept open; carried only
    std::chrono::milliseconds idle_timeout{30000};   ///< an idle session beyond `min` is closed after it; 0: never
    std::uint32_t max_uses = 7500;                   ///< a session is replaced after so many loans; 0: never
    std::chrono::milliseconds max_lifetime{1800000}; ///< a session is replaced when it is so old; 0: never
    std::chrono::milliseconds leak_threshold{30000}; ///< a session lent for longer is reported; 0: never
};

} // namespace pgrepo
