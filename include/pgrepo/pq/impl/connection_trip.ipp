#pragma once

#include <pgrepo/base/deadline.hpp>
#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/statement_cache.hpp>

#include <stop_token>

namespace pgrepo {

/// One call on its way: what was asked, until when, and how it travels.
struct connection::trip {
    enum class form : unsigned char {
        statement,
        commit, // losing the session now means not knowing
    };

    const statement_ref& statement;
    deadline::clock::time_point start;
    deadline limit;
    const std::stop_token* stop = nullptr;
    form kind = form::statement;
    bool named = true;  // may be prepared under its name
    bool sent = false;  // some of it may be with the server
    bool stale = false; // the prepared statement no longer fits its tables
    // of the last attempt
    bool outside = false; // no transaction was open before it
    bool parses = false;
    detail::prepared_statement* slot = nullptr;
    detail::session_traces traces = 0; // of a statement without a slot
    detail::statement_name fresh{};    // the name of one without a slot
    const detail::statement_name* name = &fresh;
};

} // namespace pgrepo
