#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pgrepo {

namespace detail {

/// Overwrites the text and empties it.
inline void wipe(std::string& text) noexcept {
    // volatile: a plain store to memory about to be freed may be dropped by the optimiser
    volatile char* bytes = text.data();
    for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = '\0';
    text.clear();
}

} // namespace detail

/// Text that must not be seen: a password. It cannot be printed, compared or converted; `reveal()` is the one way
/// to it and easy to search for. The memory is overwritten when it goes, also in what it was moved from.
class secret {
public:
    secret() = default;
    explicit secret(std::string_view text) : text_(text) {}
    secret(const secret&) = default;
    secret(secret&& other) : text_(other.text_) { other.wipe(); }
    secret& operator=(const secret& other) {
        if (this != &other) {
            wipe();
            text_ = other.text_;
        }
        return *this;
    }
    secret& operator=(secret&& other) {
        if (this != &other) {
            *this = std::as_const(other);
            other.wipe();
        }
        return *this;
    }
    ~secret() { wipe(); }

    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    /// The text itself, zero-terminated, valid as long as this object is not changed.
    [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

private:
    void wipe() noexcept { detail::wipe(text_); }

    std::string text_;
};

} // namespace pgrepo
