#pragma once

#include <pgrepo/base/config.hpp>

#include <string_view>

namespace pgrepo::detail {

/// What a statement may leave in a session when it is over: bits.
using session_traces = unsigned char;
inline constexpr session_traces settings_trace = 1; ///< SET, SET ROLE, set_config
inline constexpr session_traces listen_trace = 2;
inline constexpr session_traces temporary_trace = 4; ///< tables, views, sequences
inline constexpr session_traces lock_trace = 8;      ///< advisory locks of the session
inline constexpr session_traces cursor_trace = 16;   ///< WITH HOLD
inline constexpr session_traces lasting_trace = 32;  ///< what only closing the session undoes: LOAD, SQL's PREPARE
inline constexpr session_traces block_trace = 64;    ///< DO: whatever its block has done and can be undone

/// Read from the text: words only, without regard to quotes and comments, so that it may find too much and then costs a needless
/// reset. What a function or a procedure does inside is not seen. SET LOCAL, SET TRANSACTION, SET CONSTRAINTS, set_config(…, true)
/// and tables ON COMMIT DROP end with the transaction and leave none.
[[nodiscard]] session_traces traces_of(std::string_view text) noexcept;

/// The same question where too much would be a refusal: only what stands outside of literals, quoted names, dollar quotes
/// and comments, and only where it can mean nothing else. What a function, a procedure or a DO block does inside is not seen.
struct statement_needs {
    session_traces needs = 0;  ///< what it leaves
    bool until_commit = false; ///< its temporary table is ON COMMIT DROP
};
[[nodiscard]] statement_needs outside_literals(std::string_view text) noexcept;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/session_traces.ipp>
#endif
