#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/events.hpp>

#include <chrono>
#include <concepts>
#include <source_location>
#include <stop_token>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo {

/// How often `with_retry` calls, and how long it waits in between.
struct retry_policy {
    int attempts = 3;                      ///< calls altogether
    std::chrono::milliseconds pause{1000}; ///< times the number of the attempt that failed, a quarter more or less
};

/// Whose attempts they are.
struct retry_context {
    std::string_view what{};     ///< for the warnings: "place_order"
    pgrepo::deadline deadline{}; ///< no wait goes beyond it
    std::stop_token stop{};      ///< ends a wait; the last failure comes out
    observer* watcher = nullptr; ///< warned of each attempt that got no connection: "pool_exhausted_retry"
    std::source_location where = std::source_location::current();
};

namespace detail {

/// Whether it is worth another attempt, once the pause before it is over.
[[nodiscard]] PGREPO_DECL bool waits_for_retry(const retry_policy& policy, const retry_context& context, int attempt,
                                               const error& failure);

} // namespace detail

/// Calls `function`, and again where it fails with kind pool_exhausted: nothing was sent then, so that nothing can happen
/// twice. Every other failure comes out at once, and the last one when the attempts are used up or the next would begin after the
/// deadline. Give `function` the same deadline: with_retry ends none of its calls.
///
///     with_retry({}, {.what = "orders", .deadline = until, .watcher = &log}, [&] { return orders.find(id); });
template <std::invocable Function>
std::invoke_result_t<Function&> with_retry(const retry_policy& policy, const retry_context& context,
                                           Function&& function) {
    for (int attempt = 1;; ++attempt) {
        try {
            return function();
        } catch (const error& failure) {
            if (!detail::waits_for_retry(policy, context, attempt, failure)) throw;
        }
    }
}

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/with_retry.ipp>
#endif
