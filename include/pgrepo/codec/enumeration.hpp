#pragma once

#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>
#include <pgrepo/reflect/enumerators.hpp>

#include <string_view>
#include <type_traits>

namespace pgrepo {

namespace detail {

template <class T>
concept ScopedEnum = std::is_enum_v<T> && !std::is_convertible_v<T, std::underlying_type_t<T>>;

/// OIDs below are fixed in PostgreSQL's source; types made by users come after (FirstNormalObjectId).
inline constexpr oid first_user_type = 16384;

} // namespace detail

/// An enum class is the name of its enumerator: in a text or varchar column, or in a PostgreSQL enum of the same labels.
/// It travels as text with OID 0, so that the server takes it for whichever of them the column is.
/// Reading a label that is no enumerator is an error, and so is writing a value that has no name.
template <detail::ScopedEnum Enum> struct codec<Enum> {
    static_assert(
        detail::has_enumerators<Enum>(),
        "pgrepo: [no_enumerators] this enum has no enumerator from 0 to 63; specialise pgrepo::enum_range for it");

    static constexpr std::string_view type_name = "enum";
    static constexpr oid parameter_type = 0;
    static constexpr oid array_type = 0;
    using room = no_room;

    [[nodiscard]] static constexpr bool reads(oid type) noexcept {
        return type == oids::varchar || type == oids::text || type == oids::bpchar || type == oids::name ||
               type >= detail::first_user_type;
    }
    [[nodiscard]] static encoded encode(const Enum& value, room&) noexcept {
        const std::string_view label = terminated_name(value);
        if (label.empty())
            return encoded::failure("the value is no enumerator of its enum (or lies outside pgrepo::enum_range)");
        return {label.data(), label.size()};
    }
    [[nodiscard]] static decoded decode(cell from, Enum& to) noexcept {
        std::string_view label = from.bytes();
        while (!label.empty() && label.back() == ' ')
            label.remove_suffix(1); // char(n) pads; no enumerator ends in a space
        if (!detail::enumerator_of(label, to))
            return decoded::failure("the label is no enumerator of the enum; add it, or mend the row");
        return {};
    }

private:
    // The names lie inside one long description; a parameter in text format needs its own terminating zero.
    static constexpr std::size_t table_bytes = [] {
        std::size_t bytes = 0;
        for (auto label : detail::enumerator_table<Enum>::names) bytes += label.size() + 1;
        return bytes;
    }();
    struct label_table {
        char text[table_bytes]{};
        std::size_t begin[detail::enumerator_table<Enum>::size]{};
    };
    static constexpr label_table labels = [] {
        label_table table{};
        std::size_t at = 0;
        for (std::size_t i = 0; i < detail::enumerator_table<Enum>::size; ++i) {
            table.begin[i] = at;
            for (char c : detail::enumerator_table<Enum>::names[i]) table.text[at++] = c;
            ++at;
        }
        return table;
    }();

    static std::string_view terminated_name(Enum value) noexcept {
        const std::string_view label = enumerator_name(value);
        if (label.empty()) return {};
        const auto index = static_cast<long long>(static_cast<std::underlying_type_t<Enum>>(value)) -
                           detail::enumerator_table<Enum>::first;
        return {labels.text + labels.begin[static_cast<std::size_t>(index)], label.size()};
    }
};

} // namespace pgrepo
