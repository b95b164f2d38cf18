#pragma once

#include <pgrepo/base/sqlstate.hpp>

#include <string_view>

namespace pgrepo {

/// What went wrong, in few enough words to switch over. The SQLSTATE beside it is finer.
enum class error_kind : unsigned char {
    // the server refused the data
    unique_violation,      ///< 23505
    foreign_key_violation, ///< 23503
    not_null_violation,    ///< 23502
    check_violation,       ///< 23514
    exclusion_violation,   ///< 23P01
    data,                  ///< the rest of classes 22 and 23: a value the column or function cannot take
    // the server refused the statement
    undefined,         ///< 42P01, 42703, 42883, 3F000: a table, column, function or schema that is not there
    permission_denied, ///< 42501
    statement,         ///< the rest of class 42: the statement is wrong
    // another transaction or a limit was in the way
    serialization_failure, ///< 40001
    deadlock,              ///< 40P01
    statement_timeout,     ///< 57014, by the server's clock
    lock_timeout,          ///< 55P03
    transaction_aborted,   ///< 25P02, or COMMIT answered ROLLBACK
    server,                ///< any other SQLSTATE
    // no answer, or none that can be used
    deadline_exceeded,     ///< our own clock ran out
    cancelled,             ///< the call's stop_token was told to stop
    pool_exhausted,        ///< no connection came free in time
    closed,                ///< the service, pool or connection was closed before
    connect_failed,        ///< no session could be opened; sqlstate() says why where the server did
    authentication_failed, ///< class 28: wrong user, password or certificate
    connection_lost,       ///< the session broke; the statement may or may not have run
    commit_unknown,        ///< the session broke after COMMIT went out
    // this side refused
    not_found,     ///< no such record
    stale_version, ///< somebody else was faster
    too_many_rows, ///< one row was asked for and more came
    decode,        ///< what came does not fit the record
    encode,        ///< what was given does not fit the wire
    configuration, ///< settings are missing or malformed
    migration,     ///< a migration is missing, changed or failed
    usage,         ///< the call makes no sense in this state
};

[[nodiscard]] constexpr std::string_view to_string(error_kind kind) noexcept {
    switch (kind) {
    case error_kind::unique_violation:
        return "unique_violation";
    case error_kind::foreign_key_violation:
        return "foreign_key_violation";
    case error_kind::not_null_violation:
        return "not_null_violation";
    case error_kind::check_violation:
        return "check_violation";
    case error_kind::exclusion_violation:
        return "exclusion_violation";
    case error_kind::data:
        return "data";
    case error_kind::undefined:
        return "undefined";
    case error_kind::permission_denied:
        return "permission_denied";
    case error_kind::statement:
        return "statement";
    case error_kind::serialization_failure:
        return "serialization_failure";
    case error_kind::deadlock:
        return "deadlock";
    case error_kind::statement_timeout:
        return "statement_timeout";
    case error_kind::lock_timeout:
        return "lock_timeout";
    case error_kind::transaction_aborted:
        return "transaction_aborted";
    case error_kind::server:
        return "server";
    case error_kind::deadline_exceeded:
        return "deadline_exceeded";
    case error_kind::cancelled:
        return "cancelled";
    case error_kind::pool_exhausted:
        return "pool_exhausted";
    case error_kind::closed:
        return "closed";
    case error_kind::connect_failed:
        return "connect_failed";
    case error_kind::authentication_failed:
        return "authentication_failed";
    case error_kind::connection_lost:
        return "connection_lost";
    case error_kind::commit_unknown:
        return "commit_unknown";
    case error_kind::not_found:
        return "not_found";
    case error_kind::stale_version:
        return "stale_version";
    case error_kind::too_many_rows:
        return "too_many_rows";
    case error_kind::decode:
        return "decode";
    case error_kind::encode:
        return "encode";
    case error_kind::configuration:
        return "configuration";
    case error_kind::migration:
        return "migration";
    case error_kind::usage:
        return "usage";
    }
    return "unknown";
}

/// The kind of a SQLSTATE that a statement was answered with. Source: PostgreSQL manual, appendix A.
[[nodiscard]] constexpr error_kind kind_of(sqlstate state) noexcept {
    const auto code = state.code();
    if (code == "23505") return error_kind::unique_violation;
    if (code == "23503") return error_kind::foreign_key_violation;
    if (code == "23502") return error_kind::not_null_violation;
    if (code == "23514") return error_kind::check_violation;
    if (code == "23P01") return error_kind::exclusion_violation;
    if (code == "40001") return error_kind::serialization_failure;
    if (code == "40P01") return error_kind::deadlock;
    if (code == "57014") return error_kind::statement_timeout;
    if (code == "55P03") return error_kind::lock_timeout;
    if (code == "25P02") return error_kind::transaction_aborted;
    if (code == "42501") return error_kind::permission_denied;
    if (code == "42P01" || code == "42703" || code == "42883" || code == "3F000" || code == "42704")
        return error_kind::undefined;
    // The server is ending the session: 57P01 to 57P05, and the classes of a broken one.
    if (code == "57P01" || code == "57P02" || code == "57P03" || code == "57P05" || code == "25P03")
        return error_kind::connection_lost;
    const auto family = state.class_code();
    if (family == "08") return error_kind::connection_lost;
    if (family == "28") return error_kind::authentication_failed;
    if (family == "22" || family == "23") return error_kind::data;
    if (family == "42") return error_kind::statement;
    return error_kind::server;
}

} // namespace pgrepo
