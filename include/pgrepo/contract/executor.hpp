#pragma once

#include <pgrepo/contract/finish.hpp>
#include <pgrepo/contract/operation.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace pgrepo {

namespace detail {

/// The operation that a concept samples with.
using archetype_operation = operation<std::int64_t, finish_count>;

} // namespace detail

/// Runs operations. One primitive; every verb and every repository method is `run(one operation)`.
///
/// - `run(op)` sends the operation's statement with its parameters, waits for the answer within a deadline, checks the
///   result's shape and returns `op.finish(rows)`. One round trip. Throws `pgrepo::error`.
/// - `returns<T>` is what running an operation of T gives: T itself where the call blocks.
///
/// Thread safety is the model's: a service takes calls from any thread, a transaction from one at a time.
template <class T>
concept Executor = requires(T& executor, const detail::archetype_operation& op) {
    // what a result is wrapped in
    typename T::template returns<std::int64_t>;
    // the primitive
    { executor.run(op) } -> std::same_as<typename T::template returns<std::int64_t>>;
};

} // namespace pgrepo
