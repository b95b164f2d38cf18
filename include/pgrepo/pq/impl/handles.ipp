#pragma once

#include <pgrepo/pq/handles.hpp>
#include <pgrepo/pq/impl/libpq.ipp>

namespace pgrepo::detail {

PGREPO_DECL void connection_closer::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

PGREPO_DECL void result_closer::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

} // namespace pgrepo::detail
