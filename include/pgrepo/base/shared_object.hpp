#pragma once

#include <pgrepo/base/config.hpp>

#include <utility>

namespace pgrepo::detail {

struct counted_object; // impl/shared_object.ipp

/// Shares ownership of one object, which the last owner deletes: what std::shared_ptr does, without <memory>, which every
/// file with a repository would compile. Thread-safe as that is; no copy throws.
class shared_object {
public:
    shared_object() noexcept = default;
    /// Takes over an object that nobody owns yet.
    explicit shared_object(counted_object* fresh) noexcept : object_(fresh) {}
    shared_object(const shared_object& other) noexcept : object_(other.object_) {
        if (object_ != nullptr) retain(*object_);
    }
    shared_object(shared_object&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    shared_object& operator=(shared_object other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~shared_object() {
        if (object_ != nullptr) release(*object_);
    }

    [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
    [[nodiscard]] counted_object* get() const noexcept { return object_; }

private:
    PGREPO_DECL static void retain(counted_object& object) noexcept;
    PGREPO_DECL static void release(counted_object& object) noexcept;

    counted_object* object_ = nullptr;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/base/impl/shared_object.ipp>
#endif
