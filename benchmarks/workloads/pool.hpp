#pragma once

#include "workload.hpp"

/// A session is taken from a pool and given back; nothing is sent.
namespace pool {

outcome alone(const setting& with, stopwatch& watch);      // W5
outcome contended(const setting& with, stopwatch& watch);  // W5-contended
outcome after_idle(const setting& with, stopwatch& watch); // W5-idle

} // namespace pool
