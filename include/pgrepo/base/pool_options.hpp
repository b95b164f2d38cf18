#pragma once

#include <chrono>
#include <cstdint>

namespace pgrepo {

class stack_tracer;

/// How many sessions a pool holds, for how long, and what it does when they do not suffice.
struct pool_options {
    std::uint32_t max = 10;                           ///< sessions at most
    std::chrono::milliseconds acquire_timeout{60000}; ///< how long a call waits for one before pool_exhausted

    std::uint32_t min = 0;                           ///< sessions kept open, from the first call on; at most `max`
    std::chrono::milliseconds idle_timeout{30000};   ///< an idle session beyond `min` is closed after it; 0: never
    std::uint32_t max_uses = 7500;                   ///< a session is replaced after so many loans; 0: never
    std::chrono::milliseconds max_lifetime{1800000}; ///< and when it is so old, a quarter more or less; 0: never
    std::chrono::milliseconds leak_threshold{30000}; ///< a session lent for longer is reported; 0: never
    std::chrono::milliseconds ping_after{30000};     ///< a session idle for so long has to answer before it is lent
    std::uint32_t max_waiting =
        10000; ///< calls that wait at once for what others have; further ones fail; 0: none waits
    std::uint32_t connect_concurrency = 2; ///< sessions opened at once, at least 1
    /// Takes the stack of each borrower, for reports of leaks and of exhaustion. null: none. Outlives the pool.
    const stack_tracer* tracer = nullptr;
};

} // namespace pgrepo
