#pragma once

#include "workload.hpp"

#include <cstddef>
#include <functional>

/// A pool, and threads that share it.
namespace threads {

/// Runs `work(i)` for i from 0 on so many threads at once and waits; what one throws, it throws. The threads stand ready before
/// the clocks start.
void at_once(std::size_t count, stopwatch& watch, const std::function<void(std::size_t)>& work);

// W7: a closed loop of finds, so many threads on so many sessions.
template <std::size_t Threads, std::uint32_t Sessions> outcome closed_loop(const setting& with, stopwatch& watch);
outcome closed_loop_of(std::size_t count, std::uint32_t sessions, const setting& with, stopwatch& watch);

outcome spike(const setting& with, stopwatch& watch); // W12

template <std::size_t Threads, std::uint32_t Sessions> outcome closed_loop(const setting& with, stopwatch& watch) {
    return closed_loop_of(Threads, Sessions, with, watch);
}

} // namespace threads
