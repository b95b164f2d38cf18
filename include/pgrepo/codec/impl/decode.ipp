#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/decode.hpp>

#include <cstddef>
#include <string>
#include <vector>

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

PGREPO_DECL void require_shape(const row_shape& shape, const result_columns& columns, const statement_ref& statement) {
    std::vector<result_column> found;
    found.reserve(static_cast<std::size_t>(columns.count));
    for (int i = 0; i < columns.count; ++i) found.push_back(columns.at(columns.rows, i));
    require_shape(shape, array_view<result_column>(found.data(), found.size()), statement);
}

} // namespace pgrepo::detail
