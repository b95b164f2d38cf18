#pragma once

#include <pgrepo/base/choose.hpp>
#include <pgrepo/codec/row_codec.hpp>
#include <pgrepo/mapping/partial.hpp>
#include <pgrepo/reflect/struct_check.hpp>
#include <pgrepo/sql/order.hpp>

#include <cstddef>
#include <type_traits>

namespace pgrepo::detail {

// What the methods of a repository ask of its record and of what they are given. Conditions have names, because a
// compiler prints them with their arguments.

// What is no record has no key either, but that is not what there is to say of it.
template <class Record> inline constexpr bool has_primary_key = key_size<Record> != 0 || !is_record<Record>;
template <class Record> inline constexpr bool has_one_key_column = key_size<Record> <= 1;
template <class Record> inline constexpr bool can_be_restored = has_soft_delete<Record> || !is_record<Record>;
template <class CriterionRecord, class Record>
inline constexpr bool criterion_is_of = std::is_same_v<CriterionRecord, Record>;
template <class OrderRecord, class Record> inline constexpr bool order_is_of = std::is_same_v<OrderRecord, Record>;

/// The record of the first term that is of another one than Record; Record where there is none.
template <class Record, class... Terms> struct first_other_record {
    using type = Record;
};
template <class Record, class First, class... Rest> struct first_other_record<Record, First, Rest...> {
    using type = typename choose<orders_record<Record, First>, first_other_record<Record, Rest...>,
                                 std::type_identity<typename First::record_type>>::type;
};

/// A table_repository of Record can be used; where it cannot, struct_check, record_check or row_check says why.
template <class Record> inline constexpr bool is_table_record = is_record<Record> && is_row<Record>;
template <class Record, class Node, class... Terms>
inline constexpr bool can_filter =
    criterion_is_of<typename Node::record_type, Record> && (orders_record<Record, Terms> && ...);

// Each says one thing in a sentence. A template of its own: what a class template asserts is said for every class of it,
// these only where the method is called.
template <class Record> struct key_check {
    static constexpr bool said = true;
    static_assert(
        has_primary_key<Record>,
        "pgrepo: [no_key] this record's mapping names no primary_key, so rows cannot be found, changed or removed "
        "by key; add primary_key<&Record::...>, or use find_all and find_one");
};
template <class Record> struct single_key_check {
    static constexpr bool said = true;
    static_assert(
        has_one_key_column<Record>,
        "pgrepo: [composite_find_by_ids] find_by_ids is for keys of one column; use find for each key, or a criterion");
};
template <class Record> struct soft_delete_check {
    static constexpr bool said = true;
    static_assert(can_be_restored<Record>,
                  "pgrepo: [not_soft] this record has no soft_delete column, so nothing can be restored");
};
template <class Record, class Node, class... Terms> struct filter_check {
    static constexpr bool said = true;
    static_assert(
        criterion_is_of<typename Node::record_type, Record>,
        "pgrepo: [other_record] the criterion is about another record than the repository's; printed: given, wanted");
    static_assert(order_is_of<typename first_other_record<Record, Terms...>::type, Record>,
                  "pgrepo: [other_record_order] the order names a column of another record than the repository's");
};

/// Says in one sentence why Patch cannot be given to `update` of Record; a full record always can.
template <class Record, class Patch>
using update_check = choose<std::is_same_v<Record, Patch>, nothing_to_say, patch_check<Record, Patch>>;
/// Patch can be given to `update` of Record.
template <class Record, class Patch>
inline constexpr bool can_update = std::is_same_v<Record, Patch> ? is_record<Record> : can_patch<Record, Patch>;

} // namespace pgrepo::detail
