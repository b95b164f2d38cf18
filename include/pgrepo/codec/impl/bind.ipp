#pragma once

#include <pgrepo/codec/bind.hpp>

#include <string>

namespace pgrepo::detail {

PGREPO_DECL void raise_encode(const statement_ref& statement, std::size_t position, std::string_view type,
                              const char* problem) {
    raise(error_kind::encode,
          "parameter $" + std::to_string(position) + " (" + std::string(type) + ") cannot be sent: " + problem,
          statement.id, statement.where);
}

} // namespace pgrepo::detail
