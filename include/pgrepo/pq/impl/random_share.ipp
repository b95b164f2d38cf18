#pragma once

#include <pgrepo/pq/random_share.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdint>

namespace pgrepo::detail {

PGREPO_DECL double random_share() noexcept {
    // The clock differs from call to call, the process's number and the address of a thread's own variable between programs.
    static thread_local char mine{};
    auto mixed = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    mixed ^= static_cast<std::uint64_t>(::getpid()) << 32U;
    mixed ^= reinterpret_cast<std::uintptr_t>(&mine);
    // splitmix64's finish. Source: Steele, Lea, Flood 2014.
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    return static_cast<double>(mixed >> 11U) * 0x1p-53;
}

} // namespace pgrepo::detail
