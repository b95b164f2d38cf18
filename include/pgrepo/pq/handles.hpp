#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/owner.hpp>

struct pg_conn;   // libpq's PGconn
struct pg_result; // libpq's PGresult

namespace pgrepo::detail {

struct connection_closer {
    void operator()(pg_conn* connection) const noexcept;
};
struct result_closer {
    void operator()(pg_result* result) const noexcept;
};

/// Owns a session of libpq; PQfinish when it goes.
using connection_handle = owner<pg_conn, connection_closer>;
/// Owns a result of libpq; PQclear when it goes.
using result_handle = owner<pg_result, result_closer>;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/handles.ipp>
#endif
