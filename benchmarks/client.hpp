#pragma once

// One library doing the workloads. Each is a program of its own (clients/*.cpp and measure.cpp), which measures once and
// ends: what one leaves in the allocator and the caches is not the next one's.

#include "users.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct client {
    client() = default;
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    virtual ~client() = default;

    /// The library and its version.
    [[nodiscard]] virtual std::string version() const = 0;
    /// W1: the user with this id. Prepared, one round trip.
    [[nodiscard]] virtual std::optional<User> find(const pgrepo::uuid& id) = 0;
    /// W2: all users.
    [[nodiscard]] virtual std::vector<User> find_all() = 0;
    /// W4: those with these ids, in one round trip, in the order of the ids where the library does that.
    [[nodiscard]] virtual std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) = 0;
};

/// Connects to what POSTGRES_* names, and prepares.
std::unique_ptr<client> make_client(const pgrepo::postgres_config& config);
