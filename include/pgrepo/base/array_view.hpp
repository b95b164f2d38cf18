#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo {

/// A run of constant elements that something else owns: what std::span<const T> is, where the compiler reads it for every
/// repository. The first std::span made of an array costs g++ 12 a fourteenth of the floor of docs/performance.md, and each
/// further type a fiftieth.
template <class T> class array_view {
public:
    using value_type = T;

    constexpr array_view() noexcept = default;
    constexpr array_view(const T* data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <std::size_t Size> constexpr array_view(const T (&from)[Size]) noexcept : data_(from), size_(Size) {}
    /// A std::array, std::vector or std::span of them, or what else has data() and size(). Of exactly them: elements of a
    /// derived class lie further apart.
    template <class Range>
        requires std::is_same_v<const std::remove_pointer_t<decltype(std::declval<const Range&>().data())>, const T>
    constexpr array_view(const Range& from) noexcept : data_(from.data()),
                                                       size_(from.size()) {}

    [[nodiscard]] constexpr const T* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr const T* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr const T* end() const noexcept { return data_ + size_; }
    [[nodiscard]] constexpr const T& operator[](std::size_t at) const noexcept { return data_[at]; }

private:
    const T* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace pgrepo
