#pragma once

#include <pgrepo/pq/pool_core.hpp>

#include <cstdint>
#include <string_view>

namespace pgrepo::detail {

template <class Function> void pool_core::each_seat(Function function) const {
    for (const auto& block : blocks_)
        for (pool_seat& each : block->seats) function(each);
}

PGREPO_DECL std::string_view reason_of(closing why) noexcept {
    switch (why) {
    case closing::idle_timeout:
        return "idle timeout";
    case closing::lifetime:
        return "lifetime";
    case closing::uses:
        return "uses";
    case closing::retired:
        return "retired";
    case closing::surplus:
        return "surplus";
    case closing::broken:
        return "broken";
    case closing::returned_busy:
        return "not idle";
    case closing::not_reset:
        return "not reset";
    case closing::closed:
        break;
    }
    return "closed";
}

PGREPO_DECL std::uint64_t& count_of(pool_closings& counts, closing why) noexcept {
    switch (why) {
    case closing::idle_timeout:
        return counts.idle_timeout;
    case closing::lifetime:
        return counts.lifetime;
    case closing::uses:
        return counts.uses;
    case closing::retired:
        return counts.retired;
    case closing::surplus:
        return counts.surplus;
    case closing::broken:
        return counts.broken;
    case closing::returned_busy:
        return counts.returned_busy;
    case closing::not_reset:
        return counts.not_reset;
    case closing::closed:
        break;
    }
    return counts.closed;
}

} // namespace pgrepo::detail
