#pragma once

#include <pgrepo/base/shared_object.hpp>

#include <atomic>
#include <cstddef>

namespace pgrepo::detail {

/// What a shared object derives from.
struct counted_object {
    counted_object() = default;
    counted_object(const counted_object&) = delete;
    counted_object& operator=(const counted_object&) = delete;
    virtual ~counted_object() = default;

    std::atomic<std::size_t> owners{1};
};

PGREPO_DECL void shared_object::retain(counted_object& object) noexcept {
    object.owners.fetch_add(1, std::memory_order_relaxed);
}

PGREPO_DECL void shared_object::release(counted_object& object) noexcept {
    // What other owners did with it has happened before it is deleted.
    if (object.owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete &object;
}

} // namespace pgrepo::detail
