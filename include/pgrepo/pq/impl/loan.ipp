#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/loan.hpp>
#include <pgrepo/pq/pool_core.hpp>

namespace pgrepo {

PGREPO_DECL deadline::clock::time_point loan::since() const noexcept {
    return seat_->since;
}

PGREPO_HOT PGREPO_DECL void loan::give_back() noexcept {
    if (std::exchange(borrowed_, nullptr) == nullptr) return;
    core_->give_back(*seat_);
}

PGREPO_DECL void detail::refuse_empty_loan() {
    raise(error_kind::usage, "the loan holds no connection: it was given back, or moved from; acquire another");
}

} // namespace pgrepo
