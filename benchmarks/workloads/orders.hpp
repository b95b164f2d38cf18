#pragma once

#include "workload.hpp"

/// An order with 20 items: written in a transaction, then read.
namespace orders {

outcome write_and_read(const setting& with, stopwatch& watch); // W9

} // namespace orders
