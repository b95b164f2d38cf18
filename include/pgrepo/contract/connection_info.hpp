#pragma once

#include <cstdint>
#include <string>

namespace pgrepo {

/// Where a service is connected to and how much of its pool is open. Never holds a secret.
struct connection_info {
    std::string host{}; ///< of several, the one that the session opened last is on
    std::uint16_t port = 0;
    std::string database{};
    std::uint32_t pool_size = 0; ///< sessions that are open now, or being opened
    std::uint32_t pool_max = 0;
};

} // namespace pgrepo
