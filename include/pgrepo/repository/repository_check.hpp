#pragma once

#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/sql/order.hpp>
#include <pgrepo/sql/write_statements.hpp>

#include <cstddef>
#include <type_traits>

namespace pgrepo::detail {

// What the methods of a repository ask of its record and of what they are given. Conditions have names, because a
// compiler prints them with their arguments.

template <class Record> inline constexpr bool has_primary_key = key_size<Record> != 0;
template <class Record> inline constexpr bool has_one_key_column = key_size<Record> == 1;
template <class Record> inline constexpr bool can_be_restored = has_soft_delete<Record>;
template <class CriterionRecord, class Record>
inline constexpr bool criterion_is_of = std::is_same_v<CriterionRecord, Record>;
template <class Order, class Record> inline constexpr bool order_is_of = true;
template <class... Terms, class Record>
inline constexpr bool order_is_of<ordering<Terms...>, Record> = (orders_record<Record, Terms> && ...);

template <class Record> constexpr void key_check() {
    static_assert(
        has_primary_key<Record>,
        "pgrepo: [no_key] this record's mapping names no primary_key, so rows cannot be found, changed or removed "
        "by key; add primary_key<&Record::...>, or use find_all and find_one");
}
template <class Record> constexpr void single_key_check() {
    static_assert(
        has_one_key_column<Record>,
        "pgrepo: [composite_find_by_ids] find_by_ids is for keys of one column; use find for each key, or a criterion");
}
template <class Record> constexpr void soft_delete_check() {
    static_assert(can_be_restored<Record>,
                  "pgrepo: [not_soft] this record has no soft_delete column, so nothing can be restored");
}
template <class Record, class Node, class... Terms> constexpr void filter_check() {
    static_assert(
        criterion_is_of<typename Node::record_type, Record>,
        "pgrepo: [other_record] the criterion is about another record than the repository's; printed: given, wanted");
    static_assert(order_is_of<ordering<Terms...>, Record>,
                  "pgrepo: [other_record_order] the order names a column of another record than the repository's");
}

template <class Record, class Patch> struct update_check {
    static constexpr bool ok = [] {
        if constexpr (patch_check<Record, Patch>::ok)
            return patch_size_check<Record, Patch>::ok;
        else
            return false;
    }();
};
template <class Record> struct update_check<Record, Record> {
    static constexpr bool ok = true;
};

template <class Record>
inline constexpr std::size_t first_key_column = [] {
    for (const column& c : columns_of<Record>)
        if (c.key) return c.field;
    return std::size_t{0};
}();

} // namespace pgrepo::detail
