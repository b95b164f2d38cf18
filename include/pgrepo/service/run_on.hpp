#pragma once

#include <pgrepo/contract/operation.hpp>
#include <pgrepo/pq/connection.hpp>

namespace pgrepo::detail {

/// Runs an operation on a session: bind on the stack, one round trip, decode. The result's shape is checked once for
/// each prepared statement of the session.
template <Operation Op>
typename Op::result_type run_on(connection& session, const Op& op, deadline limit, ride with = {}) {
    const auto bound = op.bind();
    rowset rows = session.execute(op.statement(), bound.view(), limit, with);
    if (const row_shape* shape = op.shape(); shape != nullptr && !rows.shape_is(shape)) {
        check_shape(*shape, rows, op.statement());
        rows.remember_shape(shape);
    }
    return op.finish(rows);
}

} // namespace pgrepo::detail
