#pragma once

#include "workload.hpp"

/// Users are read.
namespace reading {

outcome find(const setting& with, stopwatch& watch);        // W1
outcome find_all(const setting& with, stopwatch& watch);    // W2
outcome stream(const setting& with, stopwatch& watch);      // W2-stream
outcome find_by_ids(const setting& with, stopwatch& watch); // W4
outcome find_cached(const setting& with, stopwatch& watch); // W11

} // namespace reading
