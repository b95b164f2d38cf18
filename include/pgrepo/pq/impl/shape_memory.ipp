#pragma once

#include <pgrepo/base/impl/shared_object.ipp>

#include <atomic>

namespace pgrepo::detail {

/// Which row shape a prepared statement's columns were last found to fit. Shared by the statement's slot and the
/// results that found it empty, so that a result may outlive the slot and the connection.
struct shape_memory final : counted_object {
    std::atomic<const void*> shape{nullptr};

    [[nodiscard]] static shared_object make() { return shared_object(new shape_memory); }
    [[nodiscard]] static std::atomic<const void*>& in(const shared_object& memory) noexcept {
        return static_cast<shape_memory*>(memory.get())->shape;
    }
};

} // namespace pgrepo::detail
