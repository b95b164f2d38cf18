#pragma once

#include <pgrepo/contract/operation.hpp>
#include <pgrepo/pq/connection.hpp>

namespace pgrepo::detail {

/// Runs an operation on a session: bind on the stack, one round trip, decode. The result's shape is checked once for
/// each prepared statement of the session. Where a transaction's begin rides along, `begun` says afterwards, also when
/// this throws, whether it is open: a value that cannot be encoded sends nothing.
template <Operation Op>
typename Op::result_type run_on(connection& session, const Op& op, deadline limit, ride with = {},
                                bool* begun = nullptr) {
    const auto bound = op.bind();
    rowset rows;
    try {
        rows = session.execute(op.statement(), bound.view(), limit, with);
    } catch (...) {
        if (begun != nullptr && session.status() != transaction_status::idle) *begun = true;
        throw;
    }
    if (begun != nullptr) *begun = true;
    if (const row_shape* shape = op.shape(); shape != nullptr && !rows.shape_is(shape)) {
        check_shape(*shape, rows, op.statement());
        rows.remember_shape(shape);
    }
    return op.finish(rows);
}

} // namespace pgrepo::detail
