#pragma once

#include <pgrepo/pq/random_share.hpp>
#include <pgrepo/service/with_retry.hpp>

#include <condition_variable>
#include <mutex>
#include <string>

namespace pgrepo::detail {

PGREPO_DECL bool waits_for_retry(const retry_policy& policy, const retry_context& context, int attempt,
                                 const error& failure) {
    if (failure.kind() != error_kind::pool_exhausted) return false;
    const auto pause =
        std::chrono::duration_cast<std::chrono::milliseconds>(policy.pause * attempt * (0.75 + 0.5 * random_share()));
    const deadline until = deadline::in(pause);
    const bool used_up = attempt >= policy.attempts;
    const bool again = !used_up && until.at() < context.deadline.at();
    if (context.watcher != nullptr) {
        std::string text(context.what.empty() ? "a call" : context.what);
        text += " got no connection, attempt " + std::to_string(attempt) + " of " + std::to_string(policy.attempts);
        text += again     ? "; again in " + std::to_string(pause.count()) + " ms"
                : used_up ? "; given up"
                          : "; given up, since the deadline is before the next";
        context.watcher->on_warning(
            {.code = "pool_exhausted_retry", .message = text + ": " + failure.message(), .where = context.where});
    }
    if (!again) return false;
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, context.stop, until.at(), [] { return false; });
    return !context.stop.stop_requested();
}

} // namespace pgrepo::detail
