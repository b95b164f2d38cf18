#pragma once

#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/session_notes.hpp>

namespace pgrepo::detail {

PGREPO_DECL void session_notes::listen(pg_conn* connection) noexcept {
    PQsetNoticeReceiver(
        connection, [](void* self, const PGresult* notice) { static_cast<session_notes*>(self)->take(notice); }, this);
    // What libpq itself has to say (a value out of range, a protocol oddity) has no SQLSTATE and may quote.
    PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
}

PGREPO_DECL void session_notes::take(const pg_result* notice) noexcept {
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(notice, code);
        return text == nullptr ? std::string_view{} : std::string_view{text};
    };
    const sqlstate state(field(PG_DIAG_SQLSTATE));
    const std::string_view severity = field(PG_DIAG_SEVERITY_NONLOCALIZED);
    // 57P01–57P05: shutdown, crash, database dropped, idle too long. 25P03: idle in transaction too long.
    // An immediate shutdown says it as a warning.
    if ((state.code().starts_with("57P") || state == "25P03") &&
        (severity == "WARNING" || severity == "FATAL" || severity == "PANIC"))
        farewell = state;
    if (watcher == nullptr) return;
    watcher->on_notice(notice_event{
        .severity = severity, .state = state, .message = field(PG_DIAG_MESSAGE_PRIMARY), .backend_pid = backend_pid});
}

} // namespace pgrepo::detail
