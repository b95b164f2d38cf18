#pragma once

#include <pgrepo/codec/codec.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace pgrepo {
namespace detail {

/// Many values as one parameter: what `= ANY($1)` takes. Views them; they outlive the call.
template <class T> struct list_parameter {
    std::span<const T> values;
};

inline void append_be32(std::string& out, std::uint32_t value) {
    const char bytes[4] = {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                           static_cast<char>(value >> 8), static_cast<char>(value)};
    out.append(bytes, 4);
}

/// One element of an array literal: always quoted, so that no element reads as NULL or ends the array.
inline void append_array_element(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

/// Header of a one-dimensional array in binary (PostgreSQL source, array_recv): dimensions, null flag, element type,
/// then length and lower bound; an empty one has no dimensions.
inline void append_array_header(std::string& out, oid element_type, std::size_t count) {
    append_be32(out, count == 0 ? 0 : 1);
    append_be32(out, 0);
    append_be32(out, element_type);
    if (count != 0) {
        append_be32(out, static_cast<std::uint32_t>(count));
        append_be32(out, 1);
    }
}

} // namespace detail

template <class T> struct codec<detail::list_parameter<T>> {
    static constexpr bool as_text = codec<T>::parameter_type == 0;
    static constexpr std::string_view type_name = "array";
    static constexpr oid parameter_type = as_text ? 0 : codec<T>::array_type;
    static constexpr oid array_type = 0;
    using room = std::string;

    static_assert(as_text || parameter_type != 0,
                  "pgrepo: [no_array_type] the codec of this type names no array_type, so it cannot be in a list");

    [[nodiscard]] static encoded encode(const detail::list_parameter<T>& list, room& out) {
        if (list.values.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
            return encoded::failure("the list is longer than a PostgreSQL array can be");
        typename codec<T>::room element_room{};
        if constexpr (as_text) {
            out = "{";
            for (const T& value : list.values) {
                const encoded element = codec<T>::encode(value, element_room);
                if (element.problem) return element;
                if (out.size() > 1) out += ',';
                detail::append_array_element(out, {element.data, element.size});
            }
            out += '}';
        } else {
            out.reserve(20 + list.values.size() * 20);
            detail::append_array_header(out, codec<T>::parameter_type, list.values.size());
            for (const T& value : list.values) {
                const encoded element = codec<T>::encode(value, element_room);
                if (element.problem) return element;
                detail::append_be32(out, static_cast<std::uint32_t>(element.size));
                out.append(element.data, element.size);
            }
        }
        return {out.data(), out.size()};
    }
};

} // namespace pgrepo
