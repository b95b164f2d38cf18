#pragma once

#include <string_view>

namespace pgrepo {

/// Where the session stands, by the server's word in its last ReadyForQuery. Never counted on this side: user SQL may
/// say BEGIN or COMMIT itself.
enum class transaction_status : unsigned char {
    idle,           ///< outside any transaction
    active,         ///< a statement is under way
    in_transaction, ///< inside one
    in_error,       ///< inside one that failed: only ROLLBACK helps
    unknown,        ///< the session is broken or closed
};

[[nodiscard]] constexpr std::string_view to_string(transaction_status status) noexcept {
    switch (status) {
    case transaction_status::idle:
        return "idle";
    case transaction_status::active:
        return "active";
    case transaction_status::in_transaction:
        return "in transaction";
    case transaction_status::in_error:
        return "in a failed transaction";
    case transaction_status::unknown:
        return "unknown";
    }
    return "unknown";
}

} // namespace pgrepo
