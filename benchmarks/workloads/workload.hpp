#pragma once

// What a workload is: an entry of the registry (registry.cpp) and a function in one of the files beside it.

#include "../client.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

/// Clocks around what is measured. Several measurements of one process add up.
class stopwatch {
public:
    void measure(const std::function<void()>& work);

    [[nodiscard]] std::int64_t cpu_ns() const noexcept { return cpu_; }   ///< of this process, user and system
    [[nodiscard]] std::int64_t wall_ns() const noexcept { return wall_; } ///< elapsed
    /// As the proxy counted them; nothing without one.
    [[nodiscard]] std::optional<std::int64_t> round_trips() const noexcept { return trips_; }

private:
    std::int64_t cpu_ = 0;
    std::int64_t wall_ = 0;
    std::optional<std::int64_t> trips_{};
};

/// What a workload is given.
struct setting {
    const client& library;
    pgrepo::postgres_config config;
    std::vector<pgrepo::uuid> ids; ///< of users, the same in each process
    std::int64_t operations;       ///< how many to do, about
};

/// What it reports. Every library must come to the same checksum.
struct outcome {
    std::int64_t operations = 0;
    std::uint64_t checksum = 0;
    std::optional<std::int64_t> connections_opened{};
};

struct workload {
    std::string_view id;
    std::string_view name;        ///< for the table
    std::int64_t operations;      ///< in one measurement
    std::int64_t slow_operations; ///< with 1 ms more a round trip; 0: not measured over a network
    bool (*can)(const client&);   ///< whether the library has what it takes
    outcome (*run)(const setting&, stopwatch&);
};

/// All of them, in the order of the table.
const std::vector<workload>& workloads();

inline void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}
