#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/contract/checked.hpp>
#include <pgrepo/sql/scanner.hpp>

#include <string>

namespace pgrepo::detail {

PGREPO_DECL void check_unsafe(const statement_ref& statement, std::size_t parameters) {
    if (statement.text.find('\0') != statement.text.npos)
        raise(error_kind::encode, "the statement's text holds a zero byte; nothing was sent", statement.id,
              statement.where);
    const scan_result found = scan(statement.text);
    if (found.ok() && static_cast<std::size_t>(found.placeholders) != parameters)
        raise(error_kind::usage,
              "the statement has " + std::to_string(found.placeholders) + " placeholders and the call gives " +
                  std::to_string(parameters) + " arguments; nothing was sent",
              statement.id, statement.where);
}

} // namespace pgrepo::detail
