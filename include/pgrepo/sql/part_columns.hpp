#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/mapping/type_list.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

/// A column that a draft or a patch writes, and where its value is in that struct.
struct part_column {
    const column* target = nullptr;
    std::size_t field = 0;            // of the part
    std::size_t inner = column::none; // of the part's field, where that is embedded
};

template <class Given, std::size_t Inner> struct part_type {
    using type = field_type<value_type_of<Given>, Inner>;
};
template <class Given> struct part_type<Given, column::none> {
    using type = Given;
};

/// The columns that a Part of Record writes, in the order of its fields; `Choice::writes(column)` leaves some out.
template <class Record, class Part, class Choice> struct part_columns {
    static constexpr std::size_t size = [] {
        std::size_t n = 0;
        for (std::size_t i = 0; i < field_count<Part>; ++i)
            for (const column& c : view_of<Record>)
                if (c.field == part_map<Record, Part>[i] && Choice::writes(c)) ++n;
        return n;
    }();
    static constexpr auto list = [] {
        std::array<part_column, size> out{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < field_count<Part>; ++i)
            for (const column& c : view_of<Record>)
                if (c.field == part_map<Record, Part>[i] && Choice::writes(c)) out[n++] = part_column{&c, i, c.inner};
        return out;
    }();

    /// The type of the part's value for a column: what its field holds, or what the embedded struct in it holds.
    template <std::size_t Index>
    using type = typename part_type<field_type<Part, list[Index].field>, list[Index].inner>::type;

    template <class Indices> struct type_lists;
    template <std::size_t... Index> struct type_lists<std::index_sequence<Index...>> {
        using type = type_list<typename part_columns::template type<Index>...>;
    };
    using types = typename type_lists<std::make_index_sequence<size>>::type;

    /// Every field of the part is one parameter, in their order.
    static constexpr bool plain = [] {
        if (size != field_count<Part>) return false;
        for (std::size_t i = 0; i < size; ++i)
            if (list[i].field != i || list[i].inner != column::none) return false;
        return true;
    }();
    /// How many parameters a field is.
    static constexpr std::size_t width(std::size_t field) noexcept {
        std::size_t n = 0;
        for (const part_column& each : list) n += each.field == field ? 1 : 0;
        return n;
    }
    /// Whether it is an embedded one.
    static constexpr bool embeds(std::size_t field) noexcept {
        for (const part_column& each : list)
            if (each.field == field) return each.inner != column::none;
        return false;
    }
};

/// Puts the value of a field, or those of the embedded struct in it.
template <bool Embeds, class Value> void put_columns(parameter_writer& to, const Value& value) {
    if constexpr (Embeds)
        visit_fields(value, [&](const auto&... inner) { (to.put(inner), ...); });
    else
        to.put(value);
}

} // namespace pgrepo::detail
