#pragma once

#include "workload.hpp"

/// Users are written into an empty table: one statement a row, or many rows at once.
namespace writing {

outcome single(const setting& with, stopwatch& watch);   // W3-single
outcome pipeline(const setting& with, stopwatch& watch); // W3-pipeline
outcome unnest(const setting& with, stopwatch& watch);   // W3-unnest
outcome copy(const setting& with, stopwatch& watch);     // W3-copy

} // namespace writing
