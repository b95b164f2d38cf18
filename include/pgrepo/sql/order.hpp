#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/base/choose.hpp>
#include <pgrepo/mapping/order_terms.hpp>
#include <pgrepo/mapping/record.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pgrepo {

/// `order_by(desc<&UserRecord::created_at>, asc<&UserRecord::email>)`
template <auto... Members, bool... Descending>
[[nodiscard]] constexpr auto order_by(order_term<Members, Descending>...) noexcept {
    return ordering<order_term<Members, Descending>...>{};
}

namespace detail {

template <class Record, class Term>
inline constexpr bool orders_record = std::is_same_v<typename Term::record_type, Record>;

/// A column to sort by, for code that is no template.
struct sort_column {
    std::size_t column = 0;
    bool descending = false;
};
template <class Order> struct sort_columns;
template <class... Terms> struct sort_columns<ordering<Terms...>> {
    static constexpr std::array<sort_column, sizeof...(Terms)> value{
        sort_column{column_of_member<Terms::member>, Terms::descending}...};
};

/// The order that a call gives, or, where it gives none, the mapping's.
template <class Record, class Order>
using effective_order = choose<std::is_same_v<Order, ordering<>>, default_order_of<Record>, Order>;

/// Writes terms; with `tie_break` the primary key follows, so that rows that are equal otherwise keep one order from
/// page to page.
constexpr void write_order(sql_writer& out, table_view table, array_view<sort_column> order, bool tie_break,
                           std::string_view qualifier = {}) {
    std::string_view glue = " ORDER BY ";
    const auto term = [&](std::size_t column, bool descending) {
        out.put(glue);
        if (!qualifier.empty()) out.put(qualifier).put('.');
        out.identifier(table[column].name);
        if (descending) out.put(" DESC");
        glue = ", ";
    };
    for (const sort_column& by : order) term(by.column, by.descending);
    if (!tie_break) return;
    for (std::size_t i = 0; i < table.size; ++i) {
        bool named = !table[i].key;
        for (const sort_column& by : order) named = named || by.column == i;
        if (!named) term(i, false);
    }
}

} // namespace detail
} // namespace pgrepo
