#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>

#include <string>
#include <string_view>

namespace pgrepo {
namespace detail {

/// What the text types share: they travel as text, as a view. PostgreSQL's texts are UTF-8 here (the client encoding is
/// set at connect) and hold no zero byte; the server refuses bytes that are not UTF-8 (22021).
struct text_codec {
    static constexpr std::string_view type_name = "text";
    static constexpr oid parameter_type = oids::text;
    static constexpr oid array_type = oids::text_array;
    using room = no_room;

    [[nodiscard]] static constexpr encoded view(std::string_view text) noexcept {
        if (text.find('\0') != std::string_view::npos)
            return encoded::failure("the text holds a zero byte, which PostgreSQL cannot store; use bytea for bytes");
        // A null pointer would be SQL NULL, and an empty view may have one.
        return {text.empty() ? "" : text.data(), text.size()};
    }
};

} // namespace detail

/// `std::string` is text; it also reads varchar, char(n) (with its padding) and name.
template <> struct codec<std::string> : detail::text_codec {
    [[nodiscard]] static constexpr bool reads(oid type) noexcept {
        return type == oids::text || type == oids::varchar || type == oids::bpchar || type == oids::name;
    }
    [[nodiscard]] static encoded encode(const std::string& value, room&) noexcept { return view(value); }
    [[nodiscard]] static decoded decode(cell from, std::string& to) {
        to.assign(from.data(), from.size());
        return {};
    }
};

/// A parameter only: as a column it would view a result that is gone.
template <> struct codec<std::string_view> : detail::text_codec {
    [[nodiscard]] static constexpr encoded encode(std::string_view value, room&) noexcept { return view(value); }
};

/// A parameter only. A null pointer is a mistake, not NULL: that is an empty `std::optional`.
template <> struct codec<const char*> : detail::text_codec {
    [[nodiscard]] static constexpr encoded encode(const char* value, room&) noexcept {
        if (value == nullptr)
            return encoded::failure("the const char* is null; for NULL pass an empty std::optional<std::string>");
        return {value, std::string_view(value).size()};
    }
};

} // namespace pgrepo
