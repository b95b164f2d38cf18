#pragma once

#include <pgrepo/base/deadline.hpp>

#include <stop_token>

namespace pgrepo {

/// What a caller may set for the calls of one Executor: `db.with({.deadline = deadline::in(200ms)}).select(…)`.
struct call_options {
    /// Covers waiting for a connection, opening one and the statement. Never: the configured limits apply.
    pgrepo::deadline deadline{};
    /// Ends the call, from any thread, with kind cancelled. A statement that is under way is cancelled on the server and its
    /// session closed, as at a deadline.
    std::stop_token stop{};
};

namespace detail {

/// Of a call that names none.
inline const call_options no_call_options{};

} // namespace detail
} // namespace pgrepo
