#pragma once

#include <pgrepo/contract/connection_info.hpp>
#include <pgrepo/contract/executor.hpp>
#include <pgrepo/contract/tx_options.hpp>

#include <concepts>
#include <type_traits>

namespace pgrepo {

namespace detail {

/// A transaction's function that a concept samples with.
struct archetype_tx_function {
    template <class Transaction> int operator()(Transaction&) const { return 0; }
};

template <class T>
concept HasTransactions = requires(T& service, const archetype_tx_function& function, tx_options options) {
    typename T::transaction_type;
    requires Executor<typename T::transaction_type>;
    { service.with_transaction(function) } -> std::same_as<int>;
    { service.with_transaction(options, function) } -> std::same_as<int>;
};
template <class T>
concept HasLiveness = requires(T& service) {
    { service.is_connected() } -> std::same_as<bool>;
};
template <class T>
concept HasConnectionInfo = requires(T& service) {
    { service.connection_info() } -> std::same_as<pgrepo::connection_info>;
};
template <class T>
concept HasClose = requires(T& service) { service.close(); };

// A concept in an assertion is explained by compilers at length, and the sentence would drown in it.
template <class T> inline constexpr bool runs_operations = Executor<T>;
template <class T> inline constexpr bool has_transactions = HasTransactions<T>;
template <class T> inline constexpr bool has_is_connected = HasLiveness<T>;
template <class T> inline constexpr bool has_connection_info = HasConnectionInfo<T>;
template <class T> inline constexpr bool has_close = HasClose<T>;

} // namespace detail

/// A database as a program sees it. `postgres_service` models it, and so do fakes that need no server.
///
/// - all of `Executor`; each call runs on a connection of its own
/// - `with_transaction([options,] fn)` calls `fn(transaction&)` between BEGIN and COMMIT and returns what it returns; an
///   exception out of `fn` rolls back and comes out as it is
/// - `is_connected()`: a round trip succeeded just now; never throws
/// - `connection_info()`: where to, and how much of the pool is open
/// - `close()`: ends it for good; every later call is an `error` of kind closed. May be repeated
template <class T>
concept DatabaseService = Executor<T> && detail::HasTransactions<T> && detail::HasLiveness<T> &&
                          detail::HasConnectionInfo<T> && detail::HasClose<T>;

/// Says in a sentence each what T lacks to be a DatabaseService; true where it is one, and does not compile where not.
///
///     static_assert(pgrepo::check_database_service<my_fake>());
template <class T> consteval bool check_database_service() {
    static_assert(detail::runs_operations<T>,
                  "pgrepo: [service_run] a DatabaseService has a template returns<T> and a member "
                  "run(operation) that returns returns<T> of the operation's result");
    static_assert(
        detail::has_transactions<T>,
        "pgrepo: [service_with_transaction] a DatabaseService has a type transaction_type (an Executor) and a "
        "member with_transaction([tx_options,] fn) that returns what fn(transaction_type&) returns; declare its "
        "return type, std::invoke_result_t<Fn, transaction_type&>");
    static_assert(detail::has_is_connected<T>,
                  "pgrepo: [service_is_connected] a DatabaseService has bool is_connected()");
    static_assert(detail::has_connection_info<T>,
                  "pgrepo: [service_connection_info] a DatabaseService has pgrepo::connection_info connection_info()");
    static_assert(detail::has_close<T>, "pgrepo: [service_close] a DatabaseService has close()");
    return true; // where it is none, that is said above, and once is enough
}

} // namespace pgrepo
