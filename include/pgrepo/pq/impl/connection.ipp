#pragma once

#include <pgrepo/pq/cancel_request.hpp>
#include <pgrepo/pq/connecting.hpp>
#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/exchange.hpp>
#include <pgrepo/pq/impl/connection_trip.ipp>
#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/impl/shape_memory.ipp>
#include <pgrepo/pq/impl/statement_report.ipp>
#include <pgrepo/pq/server_error.hpp>
#include <pgrepo/pq/turn.hpp>
#include <pgrepo/pq/wait.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace pgrepo {

PGREPO_DECL connection::connection(const connection_options& options, observer* watcher)
    : watcher_(watcher),
      call_timeout_(std::min<std::chrono::milliseconds>(options.call_timeout, std::chrono::hours(24 * 365))),
      // What is prepared stays in a session that behind a pooler is another's next.
      statements_(options.pooler == pooler_mode::transaction ? 0 : options.statement_cache) {
    notes_.watcher = watcher;
}

PGREPO_DECL connection::~connection() {
    close();
    // Its thread is the parent's: there is nobody to be waited for.
    if (born_.in_child()) static_cast<void>(own_watch_.release());
}

PGREPO_DECL std::unique_ptr<connection> connection::open(const connection_options& options, deadline limit,
                                                         observer* watcher, detail::watch_post* post) {
    std::unique_ptr<connection> made(new connection(options, watcher)); // the constructor is private
    made->handle_ = detail::connect(options, limit, made->notes_, post);
    made->post_ = post;
    made->pooled_ = options.pooler == pooler_mode::transaction;
    made->may_write_ = options.target == session_target::any || options.target == session_target::read_write ||
                       options.target == session_target::primary;
    made->look();
    made->cancels_in_clear_ = options.cancel_in_clear;
    made->shows_detail_ = options.error_detail;
    made->socket_ = PQsocket(made->handle_.get());
    made->notes_.backend_pid = PQbackendPID(made->handle_.get());
    made->server_version_ = PQserverVersion(made->handle_.get());
    if (watcher != nullptr)
        watcher->on_connection({.opened = true, .backend_pid = made->backend_pid(), .reason = "opened"});
    made->check_session(options);
    if (watcher == nullptr) return made;
    if (const std::string leaks = detail::settings::unavoidable(); !leaks.empty()) {
        const std::string text = "libpq sends these environment variables to the server as session settings, "
                                 "which pgrepo cannot prevent; unset them: " +
                                 leaks;
        watcher->on_warning({.code = "ambient_setting", .message = text});
    }
    return made;
}

PGREPO_DECL void connection::check_session(const connection_options& options) {
    std::string problems;
    const auto problem = [&](std::string text) { problems.append(problems.empty() ? "" : "; ").append(text); };
    if (server_version_ < 130000)
        problem("its version is " + std::to_string(server_version_) + ", PostgreSQL 13 (130000) or later is needed");
    if (parameter("client_encoding") != "UTF8") problem("it did not take client_encoding UTF8");
    // The server then checks and converts nothing: any bytes would come as text.
    if (parameter("server_encoding") == "SQL_ASCII")
        problem("the database's encoding is SQL_ASCII, under which text may be any bytes; use one in UTF8");
    // With "off", a backslash in a literal of the user's SQL would mean something else than what was checked.
    if (parameter("standard_conforming_strings") != "on") problem("standard_conforming_strings is not on");
    // Binary timestamps are microseconds only then; every PostgreSQL since 10 says on, a stand-in may say nothing.
    if (const auto integers = parameter("integer_datetimes"); !integers.empty() && integers != "on")
        problem("integer_datetimes is not on");
    if (problems.empty()) {
        if (watcher_ != nullptr && parameter("is_superuser") == "on")
            watcher_->on_warning({.code = "superuser",
                                  .message = "the session's role is a superuser, whom no permission stops; give the "
                                             "application a role of its own"});
        return;
    }
    close("unfit");
    detail::raise(error_kind::configuration,
                  "the server at " + detail::describe_endpoint(options) + " cannot be used: " + problems);
}

PGREPO_HOT PGREPO_DECL rowset connection::execute(const statement_ref& statement, const parameters_view& parameters,
                                                  const call_options& options, ride with) {
    const detail::turn ours(in_call_, statement);
    const deadline limit = options.deadline;
    const auto now = start_of_call(limit);
    trip call{.statement = statement, .start = now, .limit = limit.is_never() ? deadline(now + call_timeout_) : limit};
    call.named = statement.prepare && statements_.capacity() > 0;
    if (options.stop.stop_possible()) [[unlikely]]
        return perform_stoppable(call, parameters, options, with);
    return perform(call, parameters, with);
}

PGREPO_HOT PGREPO_DECL rowset connection::perform(trip& call, const parameters_view& parameters, ride with) {
    check_parameters(call, parameters);
    check_call(call);
    for (bool first = true;; first = false) {
        detail::exchange talk(handle_.get(), socket_);
        if (!queue(call, talk, parameters, with)) [[unlikely]]
            lose(call, nullptr);
        await(call, talk);
        if (talk.failure() == nullptr) [[likely]]
            return finish(call, talk);
        if (!heals(call, talk, with) || !first) refuse(call, talk);
    }
}

/// Exact where somebody may measure by it: an observer, or whoever gave a deadline.
PGREPO_HOT PGREPO_DECL deadline::clock::time_point connection::start_of_call(deadline limit) noexcept {
    const auto known = std::exchange(start_, {});
    if (watcher_ != nullptr || !limit.is_never()) [[unlikely]]
        return deadline::clock::now();
    return known != deadline::clock::time_point{} ? known : deadline::coarse_now();
}

/// The limits of the protocol and of a message, before anything is sent: beyond them libpq answers nothing at all, or
/// the server drops the session.
PGREPO_DECL void connection::check_parameters(const trip& call, const parameters_view& parameters) {
    const std::size_t types = call.statement.parameter_types.size();
    bool fits = parameters.count <= most_parameters;
    if (types != 0 && types != static_cast<std::size_t>(parameters.count)) [[unlikely]]
        fits = false;
    std::int64_t total = 0;
    for (int i = 0; fits && i < parameters.count; ++i) {
        if (parameters.values[i] == nullptr || parameters.formats[i] == 0) continue;
        const std::int64_t size = parameters.lengths[i];
        fits = size >= 0 && size <= most_bytes_of_one;
        total += size;
    }
    if (!fits || total > most_bytes) [[unlikely]]
        refuse_parameters(call, parameters);
}

PGREPO_HOT PGREPO_DECL void connection::check_call(const trip& call) {
    const bool fine = !born_.in_child() && usable_ && call.start < call.limit.at() &&
                      (call.stop == nullptr || !call.stop->stop_requested());
    if (!fine) [[unlikely]]
        refuse_call(call);
}

/// False: libpq would not take it. What it had taken has not been sent then, but would be: the session must go.
PGREPO_HOT PGREPO_DECL bool connection::queue(trip& call, detail::exchange& talk, const parameters_view& parameters,
                                              ride with) {
    call.outside = status() == transaction_status::idle;
    call.slot = nullptr;
    call.parses = false;
    bool clash = false;
    if (call.named) {
        const auto found = statements_.find(call.statement);
        call.slot = found.found;
        clash = found.clash;
    }
    if (call.slot == nullptr || with.begin != nullptr) [[unlikely]]
        return queue_parts(call, talk, parameters, with, clash);
    traces_ |= call.slot->traces;
    if (noted_ != call.slot) last_.note((noted_ = call.slot)->id);
    return talk.prepared(call.slot->name, parameters);
}

/// Of a statement that has not been prepared, or that takes something along. `clash`: its name is another's.
PGREPO_DECL bool connection::queue_parts(trip& call, detail::exchange& talk, const parameters_view& parameters,
                                         ride with, bool clash) {
    static constexpr std::size_t most_tidied = detail::exchange::most_tidied;
    const statement_ref& statement = call.statement;
    bool tidies = false;
    noted_ = nullptr; // a slot is only ever given to another statement by a trip that comes here
    if (call.slot != nullptr) {
        traces_ |= call.slot->traces;
        last_.note(call.slot->id);
    } else {
        call.traces = detail::traces_of(statement.text);
        if (pooled_ && call.traces != 0)
            if (const auto needs = detail::outside_literals(statement.text).needs; needs != 0)
                refuse_session_state(call, needs);
        traces_ |= call.traces;
        last_.note(detail::shortened(statement.id));
        if (call.named && !clash) {
            call.fresh = detail::name_of(statement.key);
            // A name that waits to be dropped and is not dropped on this trip is taken. Nor may those that wait pile
            // up inside a transaction.
            const auto& leaving = statements_.leaving();
            call.parses = call.outside ? !statements_.is_leaving(call.fresh, most_tidied)
                                       : !statements_.is_leaving(call.fresh) && leaving.size() < most_tidied;
            tidies = call.outside && !leaving.empty();
        }
    }
    const detail::statement_name& name = call.slot != nullptr ? call.slot->name : call.fresh;
    const bool named = call.slot != nullptr || call.parses;
    if (!call.parses && !tidies && with.begin == nullptr) return talk.unnamed(statement, parameters);

    if (!talk.pipeline()) return false;
    // Only outside a transaction: a name that is gone already would put it in error.
    if (call.outside)
        for (std::size_t i = 0; i < std::min(statements_.leaving().size(), most_tidied); ++i)
            if (!talk.tidy(statements_.leaving()[i])) return false;
    if (with.begin != nullptr && !talk.aside(with.begin)) return false;
    if (call.parses && !talk.parse(name, statement)) return false;
    if (!(named ? talk.prepared(name, parameters) : talk.unnamed(statement, parameters))) return false;
    return talk.sync();
}

/// Waits for the answer and settles what holds however it turned out. On return the session goes on.
PGREPO_HOT PGREPO_DECL void connection::await(trip& call, detail::exchange& talk) {
    call.sent = true;
    const detail::wait_outcome outcome = detail::drive(talk, call.limit, post_);
    if (outcome == detail::wait_outcome::timed_out) [[unlikely]]
        give_up(call);
    if (talk.copies()) [[unlikely]]
        refuse_copy(call);
    look();
    // Nobody asks for notifications; libpq keeps them until somebody does.
    if (++trips_ == 0 || listens_) [[unlikely]]
        drop_notifications();
    // Readiness alone is no answer: a success that the server did not confirm.
    const bool silent = talk.failure() == nullptr && talk.answer() == nullptr;
    if (outcome != detail::wait_outcome::ready || talk.lost() || silent ||
        (!usable_ && PQstatus(handle_.get()) == CONNECTION_BAD)) [[unlikely]]
        lose(call, talk.failure());
    if (talk.tidied() != 0) [[unlikely]]
        statements_.left(talk.tidied());
    if (call.parses && talk.parsed()) [[unlikely]]
        enter(call);
}

/// The server has it under its name.
PGREPO_DECL void connection::enter(trip& call) noexcept {
    try {
        call.slot = &statements_.enter(call.statement, call.fresh);
        call.slot->traces = call.traces;
        call.slot->id = detail::shortened(call.statement.id);
    } catch (const std::bad_alloc&) {
        call.slot = nullptr; // the name stays taken on the server; `heals` deals with that
    }
}

PGREPO_HOT PGREPO_DECL rowset connection::finish(trip& call, detail::exchange& talk) {
    const void* shape = nullptr;
    detail::shared_object memory;
    if (call.slot != nullptr) [[likely]] {
        if (call.slot->fits == nullptr) [[unlikely]]
            call.slot->fits = detail::shape_memory::in(call.slot->shape).load(std::memory_order_relaxed);
        shape = call.slot->fits;
        if (shape == nullptr) [[unlikely]]
            memory = call.slot->shape;
    }
    end_trip(talk); // may clear the cache: the slot is not to be touched after it
    rowset rows(talk.take_answer(), shape, std::move(memory));
    if (shape == nullptr && !rows.is_binary()) [[unlikely]]
        refuse_text(call);
    if (watcher_ != nullptr) [[unlikely]]
        observe(call, rows);
    return rows;
}

/// Of a trip that succeeded: notes what the command did to the session.
PGREPO_HOT PGREPO_DECL void connection::end_trip(const detail::exchange& talk) {
    if (talk.commanded()) [[unlikely]] // not rarely, but so that those that read pass straight on
        heed_command(talk);
}

PGREPO_DECL statement_event connection::event_of(const trip& call) noexcept {
    return {.statement = call.statement,
            .queue = std::exchange(queued_, {}),
            .execute = deadline::clock::now() - call.start,
            .prepared = call.parses};
}

/// The observer is told when the rows are decoded, or at once where there is no memory for that.
PGREPO_DECL void connection::observe(const trip& call, rowset& rows) noexcept {
    statement_event event = event_of(call);
    event.rows = rows.row_count() > 0 ? rows.row_count() : rows.affected_rows();
    try {
        rows.report_at_end(
            detail::report_handle(std::make_unique<detail::statement_report>(*watcher_, event).release()));
    } catch (const std::bad_alloc&) {
        watcher_->on_statement(event);
    }
}

PGREPO_DECL void connection::control(const char* text, deadline limit, std::source_location where) {
    const statement_ref statement{.text = text, .id = text, .where = where, .prepare = false};
    const auto now = start_of_call(limit);
    trip call{.statement = statement, .start = now, .limit = limit.is_never() ? deadline(now + call_timeout_) : limit};
    check_call(call);
    const bool commits = statement.text == "COMMIT";
    if (commits && status() == transaction_status::idle)
        report(call,
               {.kind = error_kind::usage, .message = "no transaction is open: SQL inside it has ended it already"});
    detail::exchange talk(handle_.get(), socket_);
    if (!talk.simple(text)) lose(call, nullptr);
    if (commits) call.kind = trip::form::commit; // from here on it may be with the server
    await(call, talk);
    if (talk.failure() != nullptr) report(call, detail::describe(talk.failure(), shows_detail_));
    if (commits && talk.answer() != nullptr &&
        std::string_view(PQcmdStatus(const_cast<pg_result*>(talk.answer()))) != "COMMIT")
        report(call, {.kind = error_kind::transaction_aborted,
                      .message = "the transaction was rolled back, not committed: a statement in it had failed and "
                                 "its error was not passed on"});
    end_trip(talk);
    if (watcher_ != nullptr) watcher_->on_statement(event_of(call));
}

PGREPO_DECL void connection::begin(const char* text, deadline limit, std::source_location where) {
    const detail::turn ours(in_call_, {.id = text, .where = where});
    control(text, limit, where);
}

PGREPO_DECL void connection::commit(deadline limit, std::source_location where) {
    const detail::turn ours(in_call_, {.id = "COMMIT", .where = where});
    control("COMMIT", limit, where);
}

PGREPO_DECL bool connection::rollback(deadline limit) noexcept {
    if (!usable()) return false;
    if (status() == transaction_status::idle) return true;
    try {
        control("ROLLBACK", limit, {});
        if (status() == transaction_status::idle) return true;
    } catch (...) { // whatever it is, the caller's own error matters more, and closing rolls back as well
    }
    close("not idle");
    return false;
}

PGREPO_DECL transaction_status detail::status_of(int libpq) noexcept {
    switch (libpq) {
    case PQTRANS_IDLE:
        return transaction_status::idle;
    case PQTRANS_ACTIVE:
        return transaction_status::active;
    case PQTRANS_INTRANS:
        return transaction_status::in_transaction;
    case PQTRANS_INERROR:
        return transaction_status::in_error;
    default:
        return transaction_status::unknown;
    }
}

/// Whenever libpq has read something: nothing else changes what it answers here, and asking it each time took a tenth of
/// what a call costs beside libpq.
PGREPO_HOT PGREPO_DECL void connection::look() noexcept {
    usable_ = PQstatus(handle_.get()) == CONNECTION_OK && notes_.farewell.empty();                   // of null: bad
    status_.store(detail::status_of(PQtransactionStatus(handle_.get())), std::memory_order_relaxed); // of null: unknown
}

PGREPO_DECL void connection::drop_notifications() noexcept {
    while (PGnotify* notification = PQnotifies(handle_.get())) PQfreemem(notification);
}

PGREPO_DECL bool connection::alive_after_idle() noexcept {
    if (!usable()) return false;
    if (!detail::has_input(PQsocket(handle_.get()))) return true;
    // libpq reads a buffer at a time, and reports the end of the stream only at the read after the one that delivered what
    // came before it. Bounded, because a server may go on talking; one that has said 16 MB unasked is not worth a wait.
    static constexpr int most_reads = 1000;
    bool reads = true;
    int count = 0;
    do {
        reads = PQconsumeInput(handle_.get()) != 0 && ++count < most_reads;
        drop_notifications(); // also parses notices
    } while (reads && notes_.farewell.empty() && detail::has_input(PQsocket(handle_.get())));
    look();
    heed(notes_.farewell);
    return reads && usable_;
}

PGREPO_DECL bool connection::reset(deadline limit) noexcept {
    static constexpr struct {
        detail::session_traces of;
        const char* undo;
    } ways[] = {
        {detail::cursor_trace | detail::block_trace, "CLOSE ALL"},
        {detail::settings_trace | detail::block_trace,
         "SET SESSION AUTHORIZATION DEFAULT"}, // and the role; RESET ALL leaves them
        {detail::settings_trace | detail::block_trace, "RESET ALL"},
        {detail::listen_trace | detail::block_trace, "UNLISTEN *"},
        {detail::lock_trace | detail::block_trace, "SELECT pg_advisory_unlock_all()"},
        {detail::temporary_trace | detail::block_trace, "DISCARD TEMP"},
    };
    omen_ = detail::session_omen::none;
    if (pooled_) traces_ = 0; // who pools the server's sessions resets them
    if (traces_ == 0) return true;
    if ((traces_ & detail::lasting_trace) == 0) {
        try {
            const statement_ref statement{.id = "reset", .prepare = false};
            const detail::turn ours(in_call_, statement);
            const auto now = deadline::clock::now();
            trip call{.statement = statement, .start = now, .limit = earlier(limit, deadline(now + call_timeout_))};
            check_call(call);
            detail::exchange talk(handle_.get(), socket_);
            bool taken = talk.pipeline();
            const char* last = nullptr; // goes as the statement: without the answer to one the session is held for lost
            for (const auto& each : ways) {
                if ((traces_ & each.of) == 0) continue;
                if (last != nullptr) taken = taken && talk.aside(last);
                last = each.undo;
            }
            taken = taken && last != nullptr && talk.unnamed({.text = last, .prepare = false}, {});
            if (!taken || !talk.sync()) lose(call, nullptr);
            await(call, talk);
            if (talk.failure() == nullptr && status() == transaction_status::idle) {
                if ((traces_ & (detail::listen_trace | detail::block_trace)) != 0) listens_ = false;
                drop_notifications();
                traces_ = 0;
                return true;
            }
        } catch (...) {} // the session is closed all the same
    }
    close("not reset");
    return false;
}

PGREPO_DECL bool connection::ping(deadline limit) noexcept {
    try {
        const detail::turn ours(in_call_, {.id = "ping"});
        control("SELECT 1", limit, {});
        return usable();
    } catch (...) {
        close("broken");
        return false;
    }
}

PGREPO_DECL std::string_view connection::parameter(const char* name) const noexcept {
    const char* value = PQparameterStatus(handle_.get(), name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

PGREPO_DECL host_port connection::endpoint() const {
    const char* host = PQhost(handle_.get()); // of null: null
    const char* port = PQport(handle_.get());
    host_port out{.host = host == nullptr ? "" : host, .port = 0};
    for (; port != nullptr && *port != '\0'; ++port)
        out.port = static_cast<std::uint16_t>(out.port * 10 + (*port - '0')); // what was given to libpq
    return out;
}

PGREPO_DECL bool connection::encrypted() const noexcept {
    return PQsslInUse(handle_.get()) != 0;
}

PGREPO_DECL void connection::close(std::string_view reason) noexcept {
    if (!handle_) return;
    if (born_.in_child()) {
        // What PQfinish says would end the parent's session, and over TLS garble it: it says it to nobody.
        const int nobody = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (nobody < 0 || ::dup3(nobody, socket_, O_CLOEXEC) < 0) ::close(socket_);
        if (nobody >= 0) ::close(nobody);
    }
    handle_.reset();
    look();
    statements_.clear();
    const int pid = std::exchange(notes_.backend_pid, 0);
    if (watcher_ != nullptr) watcher_->on_connection({.opened = false, .backend_pid = pid, .reason = reason});
}

} // namespace pgrepo
