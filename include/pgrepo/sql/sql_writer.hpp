#pragma once

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// Writes SQL text when the program is compiled: once to measure it, once to fill an array of that size. Compilers count
/// and charge each call in a constant, so the loops here are plain and measuring runs none of them.
class sql_writer {
public:
    /// Measures only.
    constexpr sql_writer() = default;
    /// Fills `out`, which has room for what measuring gave.
    constexpr explicit sql_writer(char* out) : out_(out) {}

    constexpr sql_writer& put(char c) {
        if (out_ != nullptr) out_[size_] = c;
        ++size_;
        return *this;
    }
    constexpr sql_writer& put(std::string_view text) {
        const std::size_t size = text.size();
        if (out_ != nullptr) {
            const char* from = text.data();
            char* to = out_ + size_;
            for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
        }
        size_ += size;
        return *this;
    }
    constexpr sql_writer& number(unsigned n) {
        if (n >= 10) number(n / 10);
        return put(static_cast<char>('0' + n % 10));
    }
    /// An identifier, always quoted: whatever the name holds, it stays one name, in its own case.
    constexpr sql_writer& identifier(std::string_view name) {
        const std::size_t size = name.size();
        const char* from = name.data();
        std::size_t at = size_;
        if (out_ != nullptr) out_[at] = '"';
        ++at;
        for (std::size_t i = 0; i < size; ++i) {
            if (from[i] == '"') {
                if (out_ != nullptr) out_[at] = '"';
                ++at;
            }
            if (out_ != nullptr) out_[at] = from[i];
            ++at;
        }
        if (out_ != nullptr) out_[at] = '"';
        size_ = at + 1;
        return *this;
    }
    /// "users", or "app"."users" of app.users.
    constexpr sql_writer& table(std::string_view name) {
        const std::size_t dot = name.find('.');
        if (dot == name.npos) return identifier(name);
        return identifier(name.substr(0, dot)).put('.').identifier(name.substr(dot + 1));
    }
    /// The next placeholder: $1, $2, …
    constexpr sql_writer& placeholder() { return put('$').number(++placeholders_); }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr unsigned placeholders() const noexcept { return placeholders_; }
    /// Goes back to an earlier count, so that a part written twice names the same parameters.
    constexpr void rewind_placeholders(unsigned count) noexcept { placeholders_ = count; }

private:
    char* out_ = nullptr;
    std::size_t size_ = 0;
    unsigned placeholders_ = 0;
};

} // namespace pgrepo::detail
