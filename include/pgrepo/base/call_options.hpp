#pragma once

#include <pgrepo/base/deadline.hpp>

namespace pgrepo {

/// What a caller may set for the calls of one Executor: `db.with({.deadline = deadline::in(200ms)}).select(…)`.
struct call_options {
    /// Covers waiting for a connection, opening one and the statement. Never: the configured limits apply.
    pgrepo::deadline deadline{};
};

} // namespace pgrepo
