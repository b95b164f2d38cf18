#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/shared_object.hpp>
#include <pgrepo/pq/transaction_status.hpp>

#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>
#include <vector>

namespace pgrepo {

/// Who has a session of a pool.
struct pool_holder {
    std::source_location where{};   ///< the call that borrowed it
    std::chrono::nanoseconds age{}; ///< of the loan
    transaction_status status{};    ///< where its last call left it
    bool in_call = false;           ///< a statement is under way
    bool reported = false;          ///< as a leak
    std::string statement_id{};     ///< of its last statement, the first 39 bytes; empty: none yet
    std::uint64_t thread = 0;       ///< that borrowed it: its pthread_t
    std::string stack{};            ///< where it did; empty without `pool_options::tracer`
};

/// "file.cpp:12 for 80 ms (in transaction, after "users.find", thread 7f…)", with control characters escaped. The stack is left out.
[[nodiscard]] PGREPO_DECL std::string to_string(const pool_holder& holder);

/// No session came free: an `error` of kind pool_exhausted that says who has them. Catch it as the `error` it is, or as this.
class PGREPO_API_TYPE pool_exhausted_error : public error {
public:
    PGREPO_DECL pool_exhausted_error(error_details details, std::vector<pool_holder> holders);

    /// Oldest loan first; as it was when the error was made.
    [[nodiscard]] PGREPO_DECL const std::vector<pool_holder>& holders() const noexcept;

private:
    detail::shared_object holders_; // copies share them: copying does not throw
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/pool_exhausted.ipp>
#endif
