#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/decode.hpp>

#include <string>

namespace pgrepo::detail {

PGREPO_DECL void raise_decode(const statement_ref& statement, const row_shape& shape, const expected_column& field,
                              int row, decoded outcome) {
    raise(error_details{.kind = error_kind::decode,
                        .message = "field " + std::string(field.name) + " (" + std::string(field.field_type) + ") of " +
                                   std::string(shape.row_type) + ", row " + std::to_string(row + 1) + ": " +
                                   outcome.problem,
                        .column = std::string(field.name),
                        .statement_id = std::string(statement.id),
                        .where = statement.where});
}

} // namespace pgrepo::detail
