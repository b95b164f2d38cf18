#pragma once

#include <cstddef>
#include <string_view>

namespace pgrepo {

/// One value of a result in PostgreSQL's binary format: a view of bytes that its rowset owns, or NULL.
class cell {
public:
    /// NULL.
    constexpr cell() noexcept = default;
    constexpr cell(const char* data, std::size_t size) noexcept : data_(data), size_(size) {}

    [[nodiscard]] constexpr bool is_null() const noexcept { return data_ == nullptr; }
    /// Not null unless `is_null()`; an empty text has a pointer too.
    [[nodiscard]] constexpr const char* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::string_view bytes() const noexcept { return {data_, size_}; }

private:
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace pgrepo
