#pragma once

#include <pgrepo/base/array_view.hpp>
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

template <std::size_t Most> struct collected_columns {
    part_column each[Most + 1]{};
    std::size_t count = 0;
};
template <std::size_t Most>
consteval collected_columns<Most> collect_part_columns(const table_view& table, array_view<std::size_t> map,
                                                       bool (*writes)(const column&) noexcept) {
    collected_columns<Most> out;
    part_column* next = out.each;
    for (std::size_t i = 0; const std::size_t field : map) {
        for (const column* c = table.first_of(field); c != table.end() && c->field == field; ++c)
            if (writes(*c)) *next++ = part_column{c, i, c->inner};
        ++i;
    }
    out.count = static_cast<std::size_t>(next - out.each);
    return out;
}

/// The columns that a Part of Record writes, in the order of its fields; `Choice::writes(column)` leaves some out.
template <class Record, class Part, class Choice> struct part_columns {
private:
    static constexpr auto found =
        collect_part_columns<column_count<Record>>(view_of<Record>, part_map<Record, Part>, &Choice::writes);

public:
    static constexpr std::size_t size = found.count;
    static constexpr array_view<part_column> list{found.each, size};

    /// The type of the part's value for a column: what its field holds, or what the embedded struct in it holds.
    template <std::size_t Index>
    using type = typename part_type<field_type<Part, found.each[Index].field>, found.each[Index].inner>::type;

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
    static constexpr bool embeds([[maybe_unused]] std::size_t field) noexcept {
        if constexpr (!embeds_anything<Record>()) return false;
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
        [&]<std::size_t... Inner>(std::index_sequence<Inner...>) {
            (to.put(get_field<Inner>(value)), ...);
        }(std::make_index_sequence<field_count<Value>>{});
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

/// The writer of a field, by what it is alone: the same for all structs.
template <bool Sent, bool Optional, bool Embeds, class Field>
inline constexpr field_writer writer_for{.put = &put_field<Embeds, Field>};
template <bool Embeds, class Field>
inline constexpr field_writer writer_for<true, true, Embeds, Field>{.engaged = &is_engaged<Field>,
                                                                    .put = &put_engaged<Embeds, Field>};
template <bool Optional, bool Embeds, class Field>
inline constexpr field_writer writer_for<false, Optional, Embeds, Field>{};

/// Puts the fields that are there: all but the expected version, or nothing but it.
PGREPO_DECL void put_fields(parameter_writer& to, array_view<field_writer> writers, const void* const* fields,
                            bool version = false);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/sql/impl/part_columns.ipp>
#endif
