#pragma once

#include <pgrepo/contract/stale_version.hpp>

#include <string>

namespace pgrepo::detail {

PGREPO_DECL error_details describe_stale(const statement_ref& statement) {
    return {.kind = error_kind::stale_version,
            .message = "the record has another version than the one expected: somebody else was faster; look at "
                       "current() and decide again",
            .statement_id = std::string(statement.id),
            .where = statement.where};
}

} // namespace pgrepo::detail
