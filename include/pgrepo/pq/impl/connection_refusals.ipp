#pragma once

// What a connection does when something is wrong, or for the first time. Apart from what each call does, also in the program:
// between two calls the server has used the processor's caches, and each line of code that need not be read counts.

#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/exchange.hpp>
#include <pgrepo/pq/impl/connection_trip.ipp>
#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/server_error.hpp>

#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace pgrepo {

/// While it lives, a stop_token ends the waits of this session.
class connection::stopping {
public:
    stopping(detail::watch_post& post, const std::stop_token& token)
        : post_(post),
          wake_(std::in_place, token, stop{&post}) {}
    stopping(const stopping&) = delete;
    stopping& operator=(const stopping&) = delete;
    ~stopping() {
        wake_.reset(); // waits for a stop that is under way
        post_.resume();
    }

private:
    struct stop {
        detail::watch_post* post;
        void operator()() const noexcept { post->stop(); }
    };
    detail::watch_post& post_;
    std::optional<std::stop_callback<stop>> wake_;
};

PGREPO_DECL rowset connection::perform_stoppable(trip& call, const parameters_view& parameters,
                                                 const call_options& options, ride with) {
    call.stop = &options.stop;
    if (post_ == nullptr) {
        own_watch_ = std::make_unique<detail::deadline_watch>(1);
        post_ = &own_watch_->post(0);
    }
    const stopping stops(*post_, options.stop);
    return perform(call, parameters, with);
}

namespace detail {

[[noreturn]] PGREPO_DECL void raise_unsendable(const statement_ref& statement, std::string text) {
    raise(error_kind::encode, std::move(text) + "; nothing was sent", statement.id, statement.where);
}

} // namespace detail

/// Says which of the limits it was.
PGREPO_DECL void connection::refuse_parameters(const trip& call, const parameters_view& parameters) {
    if (parameters.count > most_parameters)
        detail::raise_unsendable(
            call.statement,
            "the statement has " + std::to_string(parameters.count) +
                " parameters and the protocol takes 65535; bind arrays and unnest() them, or send parts");
    const std::size_t types = call.statement.parameter_types.size();
    if (types != 0 && types != static_cast<std::size_t>(parameters.count))
        detail::raise_unsendable(call.statement, "the statement has " + std::to_string(types) +
                                                     " parameter types and " + std::to_string(parameters.count) +
                                                     " values");
    std::int64_t total = 0;
    for (int i = 0; i < parameters.count; ++i) {
        if (parameters.values[i] == nullptr || parameters.formats[i] == 0) continue;
        const std::int64_t size = parameters.lengths[i];
        if (size < 0 || size > most_bytes_of_one)
            detail::raise_unsendable(call.statement, "parameter $" + std::to_string(i + 1) + " has " +
                                                         std::to_string(size) +
                                                         " bytes; the limit is 64 MiB for one value");
        total += size;
    }
    detail::raise_unsendable(call.statement, "the parameters have " + std::to_string(total) +
                                                 " bytes together; the limit is 256 MiB for one statement");
}

PGREPO_DECL void connection::require_parent(const statement_ref& statement) const {
    if (born_.in_child())
        detail::raise(error_kind::usage,
                      "the session belongs to the process that this one was forked from; make a service of its own in "
                      "the child, after the fork; nothing was sent",
                      statement.id, statement.where);
}

PGREPO_DECL void connection::refuse_call(const trip& call) {
    require_parent(call.statement);
    if (!handle_) report(call, {.kind = error_kind::closed, .message = "the connection is closed; nothing was sent"});
    if (!usable()) {
        error_details details{.kind = error_kind::connection_lost,
                              .message = "the session had ended before; nothing was sent",
                              .state = notes_.farewell};
        heed(notes_.farewell);
        close("broken");
        report(call, std::move(details));
    }
    if (call.stop != nullptr && call.stop->stop_requested())
        report(call, {.kind = error_kind::cancelled, .message = "the call was stopped before anything was sent"});
    report(call, {.kind = error_kind::deadline_exceeded,
                  .message = "the call's deadline had passed before anything was sent; give it more time"});
}

/// What becomes of the statement that nobody waits for any more.
PGREPO_DECL std::string_view connection::cancel_clause(detail::cancel_outcome cancel) noexcept {
    switch (cancel) {
    case detail::cancel_outcome::sent:
        return "; the server was asked to cancel the statement, which may or may not have run";
    case detail::cancel_outcome::withheld:
        return "; the server was not asked to cancel the statement, which may run on: this libpq would ask in the clear, "
               "beside an encrypted session. Use libpq 17 or later, have the server look for its clients "
               "(client_connection_check_interval), or set cancel_in_clear";
    case detail::cancel_outcome::impossible:
        break;
    }
    return "; the server could not be asked to cancel the statement, which may run on";
}

/// The deadline has passed, or somebody has ended the call.
PGREPO_DECL void connection::give_up(const trip& call) {
    const bool ended = post_ != nullptr && post_->ended();
    const bool stopped = ended || (call.stop != nullptr && call.stop->stop_requested());
    const detail::cancel_outcome cancel = detail::request_cancel(handle_.get(), cancels_in_clear_);
    // Before anything that throws and would leave the session half way.
    close(ended ? "closed" : stopped ? "stopped" : "deadline");
    const bool commits = call.kind == trip::form::commit;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(deadline::clock::now() - call.start);
    std::string text = ended     ? "the pool was closed, which ended the call after "
                       : stopped ? "the call was stopped after "
                                 : "no answer within ";
    text += std::to_string(waited.count()) + " ms";
    if (commits)
        text += ", COMMIT being under way: the transaction may or may not be committed. Look whether its effects are "
                "there before repeating it";
    else
        text += cancel_clause(cancel);
    if (!commits && !stopped) text += ". Give the call more time, or make the statement faster";
    report(call, {.kind = commits   ? error_kind::commit_unknown
                          : ended   ? error_kind::closed
                          : stopped ? error_kind::cancelled
                                    : error_kind::deadline_exceeded,
                  .message = std::move(text) + " (the connection was closed: it could not be used again)"});
}

PGREPO_DECL void connection::refuse_text(const trip& call) {
    report(call, {.kind = error_kind::decode,
                  .message = "the server answered in text format although binary was asked for; a pooler or "
                             "stand-in that changes formats cannot be used"});
}

PGREPO_DECL void connection::refuse_copy(const trip& call) {
    close("copy");
    report(call, {.kind = error_kind::usage,
                  .message = "the statement starts a COPY, which is not run as a statement (the connection was "
                             "closed: the server waits for data or sends it)"});
}

PGREPO_DECL void connection::refuse(const trip& call, const detail::exchange& talk) {
    error_details details = detail::describe(talk.failure(), shows_detail_ && !call.statement.sensitive);
    heed(details.state);
    if (call.stale)
        details.message += "; the table was altered, or the session's statements dropped, since the statement was "
                           "prepared. It is prepared afresh next time: run the transaction again";
    report(call, std::move(details));
}

/// True: nothing of the statement has run, nothing of it is left on either side, and it may be sent again.
PGREPO_DECL bool connection::heals(trip& call, const detail::exchange& talk, ride with) {
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(talk.failure(), code);
        return text == nullptr ? std::string_view{} : std::string_view{text};
    };
    const std::string_view state = field(PG_DIAG_SQLSTATE);
    const bool by_parse = talk.failed_part() == detail::exchange::part::parse;
    const bool by_name =
        talk.failed_part() == detail::exchange::part::statement && call.slot != nullptr && !call.parses;
    if (by_parse && state == "42P05") {
        statements_.leave(call.fresh); // it is not what we know of, and the name is ours
    } else if (by_name && state == "26000" &&
               field(PG_DIAG_MESSAGE_PRIMARY).find(call.slot->name.data()) != std::string_view::npos) {
        statements_.erase(call.statement.key, false); // dropped behind our back
    } else if (by_name && state == "0A000" && field(PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery") {
        statements_.erase(call.statement.key, true); // its result has other columns now
    } else {
        return false;
    }
    call.slot = nullptr;
    call.stale = true;
    // With a context the error came from within: from a function that the statement had begun to run.
    if (!call.outside || !field(PG_DIAG_CONTEXT).empty()) return false;
    if (with.begin == nullptr) return status() == transaction_status::idle;
    return rollback(call.limit); // of the transaction that rode along and holds nothing yet
}

/// The session is gone, or must go. Without a result that says why, the server's farewell is asked.
PGREPO_DECL void connection::lose(const trip& call, const pg_result* failure) {
    error_details details = detail::describe(failure);
    if (details.state.empty()) details.state = notes_.farewell;
    details.message = details.state.empty() ? "the connection to the server broke" : detail::condition(details.state);
    details.kind = error_kind::connection_lost;
    if (call.kind == trip::form::commit) {
        details.kind = error_kind::commit_unknown;
        details.message += " while COMMIT was under way: the transaction may or may not be committed. Look whether "
                           "its effects are there before repeating it";
    } else if (!call.sent) {
        details.message += "; nothing was sent";
    } else {
        details.message += "; the statement may or may not have run";
    }
    details.message += " (the connection was closed)";
    heed(details.state);
    close("broken");
    report(call, std::move(details));
}

/// What an error tells of the server as such. Roles of one server are no news where one that takes no writes was asked for, nor
/// is what a transaction was told to be itself.
PGREPO_DECL void connection::heed(sqlstate state) noexcept {
    if (state == "57P01" || state == "57P02" || state == "57P03") omen_ = detail::session_omen::server_leaves;
    const bool own_settings =
        (traces_ & (detail::settings_trace | detail::block_trace)) != 0; // then they say nothing of the server's
    if (state == "25006" && may_write_ &&
        (parameter("in_hot_standby") == "on" || (!own_settings && parameter("default_transaction_read_only") == "on")))
        omen_ = detail::session_omen::read_only;
}

PGREPO_DECL void connection::report(const trip& call, error_details details) {
    details.statement_id = call.statement.id;
    details.where = call.statement.where;
    const error failure(std::move(details));
    if (watcher_ != nullptr) {
        statement_event event = event_of(call);
        event.failure = &failure;
        watcher_->on_statement(event);
    }
    throw failure;
}

/// Of a command that succeeded: what it did to the session.
PGREPO_DECL void connection::heed_command(const detail::exchange& talk) {
    const pg_result* answer = talk.answer();
    // PQcmdStatus takes a mutable pointer but only reads.
    const std::string_view tag = PQcmdStatus(const_cast<pg_result*>(answer));
    if (tag == "DISCARD ALL" || tag == "DEALLOCATE ALL") statements_.clear();
    if (tag == "DISCARD ALL") traces_ = 0;
    if (tag == "LISTEN") listens_ = true;
}

/// Behind a transaction pooler, before it is sent: it would stay in a session that others are given.
PGREPO_DECL void connection::refuse_session_state(const trip& call, detail::session_traces needs) {
    static constexpr struct {
        detail::session_traces of;
        std::string_view what;
        std::string_view instead;
    } kinds[] = {
        {detail::settings_trace, "a setting of the session (SET, set_config)",
         "use SET LOCAL, or set_config with the word true, inside a transaction, or set it for the role"},
        {detail::listen_trace, "LISTEN", "listen on a connection past the pooler"},
        {detail::temporary_trace, "a temporary table", "make it ON COMMIT DROP, inside a transaction"},
        {detail::lock_trace, "an advisory lock of the session", "use pg_advisory_xact_lock inside a transaction"},
        {detail::cursor_trace, "a cursor WITH HOLD", "read it inside the transaction"},
        {detail::lasting_trace, "PREPARE or LOAD", "connect past the pooler for it"},
    };
    const auto* kind = std::begin(kinds);
    while ((needs & kind->of) == 0 && std::next(kind) != std::end(kinds)) ++kind;
    std::string text(kind->what);
    text.append(" needs a session of its own, and behind a transaction pooler there is none: ").append(kind->instead);
    text += "; nothing was sent";
    report(call, {.kind = error_kind::usage, .message = std::move(text)});
}

} // namespace pgrepo
