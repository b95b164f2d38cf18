#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/contract/finish.hpp>

#include <string>

namespace pgrepo::detail {

PGREPO_DECL void raise_too_many_rows(const statement_ref& statement, int count) {
    raise(error_kind::too_many_rows,
          "at most one row was asked for and " + std::to_string(count) +
              " came; add a condition or LIMIT 1, or use select",
          statement.id, statement.where);
}

PGREPO_DECL void raise_no_row(const statement_ref& statement, const char* what) {
    raise(error_kind::not_found, what, statement.id, statement.where);
}

} // namespace pgrepo::detail
