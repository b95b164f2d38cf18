#pragma once

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/mapping/type_list.hpp>

#include <array>
#include <cstddef>
#include <span>
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

/// How a field of a part is sent. Plain functions below do it for all fields of any part.
struct field_writer {
    bool (*engaged)(const void* field) = nullptr;                   // null: it cannot be left out
    void (*put)(parameter_writer& to, const void* field) = nullptr; // null: it is not sent
    bool version = false;                                           // compared with, and sent behind the key
    unsigned bit = 0;                                               // of the patch's shape, where it can be left out
};

/// Puts the value of a field, or those of the embedded struct in it.
template <bool Embeds, class Value> void put_value(parameter_writer& to, const Value& value) {
    if constexpr (Embeds)
        visit_fields(value, [&](const auto&... inner) { (to.put(inner), ...); });
    else
        to.put(value);
}
template <bool Embeds, class Field> void put_field(parameter_writer& to, const void* field) {
    put_value<Embeds>(to, *static_cast<const Field*>(field));
}

/// The same of a patch's field, which was asked before whether it holds anything.
template <bool Embeds, class Field> void put_engaged(parameter_writer& to, const void* field) {
    const Field& given = *static_cast<const Field*>(field);
    if constexpr (is_change<Field>)
        to.put(given.value());
    else
        put_value<Embeds>(to, *given);
}
template <class Field> bool is_engaged(const void* field) {
    const Field& given = *static_cast<const Field*>(field);
    if constexpr (is_change<Field>)
        return given.engaged();
    else
        return given.has_value();
}

/// Puts the fields that are there: all but the expected version, or nothing but it.
PGREPO_DECL void put_fields(parameter_writer& to, std::span<const field_writer> writers, const void* const* fields,
                            bool version = false);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/sql/impl/part_columns.ipp>
#endif
