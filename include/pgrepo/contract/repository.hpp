#pragma once

#include <pgrepo/contract/database_service.hpp>
#include <pgrepo/contract/page.hpp>
#include <pgrepo/sql/criteria.hpp>
#include <pgrepo/sql/order.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <vector>

namespace pgrepo {

namespace detail {

template <class T> using record_of = typename T::record_type;
template <class T> using no_criterion = criterion<everything<record_of<T>>>;

template <class T>
concept HasRecordAndKey = requires {
    typename T::record_type;
    typename T::key_type;
};
template <class T>
concept CanFind =
    requires(T& repository, const typename T::key_type& key, const std::vector<typename T::key_type>& keys) {
        { repository.find(key) } -> std::same_as<std::optional<record_of<T>>>;
        { repository.find_by_ids(keys) } -> std::same_as<std::vector<record_of<T>>>;
    };
template <class T>
concept CanQuery = requires(T& repository, const no_criterion<T>& where, ordering<> order, page_request request) {
    { repository.find_one(where) } -> std::same_as<std::optional<record_of<T>>>;
    { repository.find_all() } -> std::same_as<std::vector<record_of<T>>>;
    { repository.find_all(where, order) } -> std::same_as<std::vector<record_of<T>>>;
    { repository.find_page(where, order, request) } -> std::same_as<page<record_of<T>>>;
};
template <class T>
concept CanCount = requires(T& repository, const no_criterion<T>& where) {
    { repository.count(where) } -> std::same_as<std::int64_t>;
    { repository.exists(where) } -> std::same_as<bool>;
};
template <class T>
concept CanWrite = requires(T& repository, const typename T::key_type& key, const record_of<T>& record) {
    { repository.create(record) } -> std::same_as<record_of<T>>;
    { repository.update(key, record) } -> std::same_as<record_of<T>>;
    { repository.remove(key) } -> std::same_as<bool>;
};

/// An Executor that a concept samples with; never made.
struct archetype_executor {
    template <class T> using returns = T;
    template <Operation Op> typename Op::result_type run(const Op& op);
};
template <class T>
concept CanRebind = requires(T& repository, archetype_executor& executor) { repository.with(executor); };

// A concept in an assertion is explained by compilers at length, and the sentence would drown in it.
template <class T> inline constexpr bool has_record_and_key = HasRecordAndKey<T>;
template <class T> inline constexpr bool can_find = CanFind<T>;
template <class T> inline constexpr bool can_query = CanQuery<T>;
template <class T> inline constexpr bool can_count = CanCount<T>;
template <class T> inline constexpr bool can_write = CanWrite<T>;
template <class T> inline constexpr bool can_rebind = CanRebind<T>;

} // namespace detail

/// Records of one type by key and by criterion: the minimum that every model has.
///
/// - `record_type`, `key_type` (a tuple when the key has several columns)
/// - `find(key)`: the record, or nothing; a removed one counts as nothing
/// - `find_one(criterion[, order])`: the first, or nothing
/// - `find_all([criterion[, order]])`: all, in an order of the database's choice unless one is given
/// - `find_by_ids(keys)`: in the order of the keys; missing ones are skipped, repeated ones come once
/// - `find_page(criterion, order, page_request)`: items and total of one snapshot
/// - `create(draft)`: the record as the database completed it; the draft is matched by field names when compiled
/// - `update(key, patch)`: the record as it is then; an `error` of kind not_found where there is none. Writes only
///   engaged fields; an empty patch writes nothing
/// - `remove(key)`: whether there was one
/// - `count([criterion])`, `exists([criterion])`
/// - `with(executor)`: the same repository on another Executor, a transaction above all
///
/// Functions take `Repository auto&`; what a type lacks is said by `check_repository<T>()`.
template <class T>
concept Repository = detail::HasRecordAndKey<T> && detail::CanFind<T> && detail::CanQuery<T> && detail::CanCount<T> &&
                     detail::CanWrite<T> && detail::CanRebind<T>;

/// Says in a sentence each what T lacks to be a Repository; true where it is one, and does not compile where not.
template <class T> consteval bool check_repository() {
    static_assert(detail::has_record_and_key<T>,
                  "pgrepo: [repository_types] a Repository has types record_type and key_type");
    if constexpr (detail::HasRecordAndKey<T>) {
        static_assert(detail::can_find<T>,
                      "pgrepo: [repository_find] a Repository has find(key_type) -> optional<record_type> and "
                      "find_by_ids(vector<key_type>) -> vector<record_type>");
        static_assert(detail::can_query<T>,
                      "pgrepo: [repository_query] a Repository has find_one(criterion) -> optional<record_type>, "
                      "find_all([criterion, ordering]) -> vector<record_type> and "
                      "find_page(criterion, ordering, page_request) -> page<record_type>");
        static_assert(detail::can_count<T>,
                      "pgrepo: [repository_count] a Repository has count(criterion) -> int64_t and "
                      "exists(criterion) -> bool");
        static_assert(detail::can_write<T>, "pgrepo: [repository_write] a Repository has create(draft) -> record_type, "
                                            "update(key_type, patch) -> record_type and remove(key_type) -> bool");
        static_assert(detail::can_rebind<T>, "pgrepo: [repository_with] a Repository has with(executor) -> the same "
                                             "repository on that Executor");
    }
    return true; // where it is none, that is said above, and once is enough
}

} // namespace pgrepo
