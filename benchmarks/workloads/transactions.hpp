#pragma once

#include "workload.hpp"

/// Transactions of one and of three statements.
namespace transactions {

outcome one(const setting& with, stopwatch& watch);   // W8-one
outcome three(const setting& with, stopwatch& watch); // W8-three

} // namespace transactions
