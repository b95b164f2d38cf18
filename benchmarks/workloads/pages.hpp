#pragma once

#include "workload.hpp"

/// A page of 50 users in the order of (created_at, id): the first, and the last of the table (rows 99,951 to 100,000).
namespace pages {

outcome first_by_offset(const setting& with, stopwatch& watch); // W10-page
outcome last_by_offset(const setting& with, stopwatch& watch);  // W10-page-100000
outcome first_by_key(const setting& with, stopwatch& watch);    // W10-keyset
outcome last_by_key(const setting& with, stopwatch& watch);     // W10-keyset-100000

} // namespace pages
