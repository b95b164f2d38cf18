#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/handles.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace pgrepo::detail {

/// Text of the server fit for a log line: control characters as \xNN, cut to about `limit` bytes between characters.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t limit = 1000);

/// What an ERROR of the server says that may be shown: SQLSTATE, kind, names of schema, table, column, constraint, and
/// a message without data. A primary message stands only in classes where it names rules and objects, else our own words
/// for the SQLSTATE do (22P02 would quote the value, 42601 the SQL). `in_full`: the primary message as it is, with DETAIL and
/// HINT. CONTEXT is never read.
/// `failure` may be null or without fields (the session broke).
[[nodiscard]] error_details describe(const pg_result* failure, bool in_full = false);

/// Our words for a SQLSTATE, as a clause.
[[nodiscard]] std::string_view condition(sqlstate state) noexcept;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/server_error.ipp>
#endif
