#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pgrepo {

/// Text that can be a template argument: `table<"users">`, `query<Row, "SELECT …">`.
/// Holds `Size - 1` characters and the terminating zero of the literal it was made from.
template <std::size_t Size> struct fixed_string {
    char data[Size]{};

    constexpr fixed_string() = default;
    // Implicit: the literal in a template argument list converts by it.
    constexpr fixed_string(const char (&literal)[Size]) { std::copy_n(literal, Size, data); }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {data, Size - 1}; }
    [[nodiscard]] static constexpr std::size_t size() noexcept { return Size - 1; }
    [[nodiscard]] static constexpr bool empty() noexcept { return Size == 1; }
};

template <std::size_t Size> fixed_string(const char (&)[Size]) -> fixed_string<Size>;

namespace detail {

/// Copies `text` into a template argument, so that compilers print it in a diagnostic.
template <std::size_t Size> consteval fixed_string<Size + 1> fixed(std::string_view text) {
    fixed_string<Size + 1> out;
    std::copy_n(text.data(), Size, out.data);
    out.data[Size] = '\0'; // is there already, but clang prints a text only if every element was written
    return out;
}

/// A name in a diagnostic. As a type argument g++ and clang both print its text.
template <fixed_string Text> struct name {};

} // namespace detail
} // namespace pgrepo
