#pragma once

// The tables of the writing workloads: emptied before a measurement, so that none finds what another has left, and read back
// after it. With libpq, whatever library is measured.

#include "checksum.hpp"
#include "workload.hpp"

#include <cstdint>
#include <vector>

namespace tables {

/// written_users, orders and order_items.
void clear(const pgrepo::postgres_config& config);
/// How many rows written_users has, and their checksum.
struct contents {
    std::int64_t rows = 0;
    std::uint64_t checksum = 0;
};
contents written_users(const pgrepo::postgres_config& config);
std::int64_t count_orders(const pgrepo::postgres_config& config);
/// So many users to be written, the same in each process, no two with the same address.
std::vector<NewUser> drafts(std::int64_t count);

} // namespace tables
