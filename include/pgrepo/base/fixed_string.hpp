#pragma once

#include <pgrepo/base/choose.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pgrepo {

/// Text that can be a template argument: `table<"users">`, `query<Row, "SELECT …">`.
/// Holds `Size - 1` characters and the terminating zero of the literal it was made from.
template <std::size_t Size> struct fixed_string {
    char data[Size]{};

    constexpr fixed_string() = default;
    // Implicit: the literal in a template argument list converts by it.
    constexpr fixed_string(const char (&literal)[Size]) {
        for (std::size_t i = 0; i < Size; ++i) data[i] = literal[i];
    }

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {data, Size - 1}; }
    [[nodiscard]] static constexpr std::size_t size() noexcept { return Size - 1; }
    [[nodiscard]] static constexpr bool empty() noexcept { return Size == 1; }
};

template <std::size_t Size> fixed_string(const char (&)[Size]) -> fixed_string<Size>;

namespace detail {

/// Copies `text` into a template argument, so that compilers print it in a diagnostic.
template <std::size_t Size> consteval fixed_string<Size + 1> fixed(std::string_view text) {
    fixed_string<Size + 1> out;
    for (std::size_t i = 0; i < Size; ++i) out.data[i] = text.data()[i];
    out.data[Size] = '\0'; // is there already, but clang prints a text only if every element was written
    return out;
}

/// What a sentence is where there is nothing to say.
struct nothing_to_say {
    static constexpr bool said = true;
};
/// A sentence is only instantiated where it is needed: with the names that it prints it costs more than the verdict.
template <bool Fine, class Sentence> using unless = choose<Fine, nothing_to_say, Sentence>;

/// A name in a diagnostic. As a type argument g++ and clang both print its text.
template <fixed_string Text> struct name {};

} // namespace detail
} // namespace pgrepo
