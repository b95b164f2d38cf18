#pragma once

#include <pgrepo/reflect/pretty.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo {

/// Which values of an enum are looked at for enumerators. Specialise it for an enum that reaches further:
///
///     template <> struct pgrepo::enum_range<Wide> { static constexpr int first = -10, last = 300; };
template <class Enum> struct enum_range {
    static constexpr int first = 0;
    static constexpr int last = std::is_same_v<std::underlying_type_t<Enum>, bool> ? 1 : 63;
};

namespace detail {

template <class Enum> struct enumerator_table {
    static constexpr int first = enum_range<Enum>::first;
    static constexpr std::size_t size = static_cast<std::size_t>(enum_range<Enum>::last - first + 1);

    template <std::size_t... Index> static consteval auto parse(std::index_sequence<Index...>) {
        // One instantiation names all values at once: "E::a, E::b, (E)2". A value without a name is a cast, whose last
        // word is a number. The enum's own scope may hold brackets: "{anonymous}", "<unnamed>", "(anonymous namespace)".
        constexpr std::string_view text = pretty_values<static_cast<Enum>(first + static_cast<int>(Index))...>();
        std::array<std::string_view, size> found{};
        std::size_t at = text.find("Values = ") + 10; // past "{" or "<"
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t end = value_end(text, at);
            const std::string_view last_word = last_identifier(text.substr(at, end - at));
            const bool is_number = !last_word.empty() && last_word[0] >= '0' && last_word[0] <= '9';
            found[i] = is_number ? std::string_view{} : last_word;
            // Shifted names would be stored silently as other ones: any other text than expected must not compile.
            const bool is_last = i + 1 == size;
            if (last_word.empty() || end == text.size() || (text[end] == ',') == is_last)
                throw "pgrepo: this compiler describes enumerators in an unknown form";
            at = end + 2;
        }
        return found;
    }

    /// Where the value that begins at `at` ends: the next comma, or the list's closing bracket.
    static consteval std::size_t value_end(std::string_view text, std::size_t at) {
        int depth = 0;
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (c == '(' || c == '{' || c == '<' || c == '[') ++depth;
            const bool closes = c == ')' || c == '}' || c == '>' || c == ']';
            if (depth == 0 && (closes || c == ',')) break;
            if (closes) --depth;
        }
        return at;
    }

    static constexpr std::array<std::string_view, size> names = parse(std::make_index_sequence<size>{});
};

/// Finds the enumerator of that name; false where there is none.
template <class Enum> constexpr bool enumerator_of(std::string_view name, Enum& value) noexcept {
    using table = enumerator_table<Enum>;
    if (name.empty()) return false;
    for (std::size_t i = 0; i < table::size; ++i)
        if (table::names[i] == name) {
            value = static_cast<Enum>(table::first + static_cast<int>(i));
            return true;
        }
    return false;
}

template <class Enum> consteval bool has_enumerators() {
    for (auto name : enumerator_table<Enum>::names)
        if (!name.empty()) return true;
    return false;
}

} // namespace detail

/// The enumerator's name, or empty where the value has none (or lies outside enum_range).
template <class Enum> constexpr std::string_view enumerator_name(Enum value) noexcept {
    using table = detail::enumerator_table<Enum>;
    const auto number = +static_cast<std::underlying_type_t<Enum>>(value); // promoted: cmp_less takes no char, no bool
    if (std::cmp_less(number, enum_range<Enum>::first) || std::cmp_greater(number, enum_range<Enum>::last)) return {};
    return table::names[static_cast<std::size_t>(static_cast<long long>(number) - table::first)];
}

} // namespace pgrepo
