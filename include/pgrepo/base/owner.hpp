#pragma once

#include <utility>

namespace pgrepo::detail {

/// Owns one object, which `Closer` ends: what std::unique_ptr does, without <memory>, which every file with a repository
/// would compile.
template <class T, class Closer> class owner {
public:
    owner() noexcept = default;
    explicit owner(T* object) noexcept : object_(object) {}
    owner(owner&& other) noexcept : object_(other.release()) {}
    owner& operator=(owner&& other) noexcept {
        reset(other.release());
        return *this;
    }
    /// Writes nothing: while the closer runs, what it waits for may still read `get()`.
    ~owner() {
        if (object_ != nullptr) Closer()(object_);
    }

    [[nodiscard]] T* get() const noexcept { return object_; }
    [[nodiscard]] T* operator->() const noexcept { return object_; }
    [[nodiscard]] T& operator*() const noexcept { return *object_; }
    [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
    [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }
    void reset(T* object = nullptr) noexcept {
        if (T* const before = std::exchange(object_, object); before != nullptr) Closer()(before);
    }

private:
    T* object_ = nullptr;
};

} // namespace pgrepo::detail
