#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/fork_guard.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/handles.hpp>
#include <pgrepo/pq/last_statement.hpp>
#include <pgrepo/pq/ride.hpp>
#include <pgrepo/pq/rowset.hpp>
#include <pgrepo/pq/session_notes.hpp>
#include <pgrepo/pq/session_traces.hpp>
#include <pgrepo/pq/statement_cache.hpp>
#include <pgrepo/pq/transaction_status.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>

namespace pgrepo {

namespace detail {

class exchange;

/// What a session has learnt of its server that concerns others, too.
enum class session_omen : unsigned char {
    none,
    server_leaves, ///< it shuts down, or has crashed (57P01 to 57P03)
    read_only,     ///< it takes no writes any more (25006): a primary that became a standby
};

[[nodiscard]] transaction_status status_of(int libpq) noexcept; // of a PGTransactionStatusType

enum class cancel_outcome : unsigned char;
} // namespace detail

/// One session with a PostgreSQL server. Parameters and results travel in binary, nothing waits longer than its
/// deadline, nothing is written to stderr (but warnings of `tls_mode::insecure_no_verify`, and of `error_detail` in production, where there is no observer).
/// Not thread-safe: one thread at a time; of two calls that overlap the second is refused (kind usage), nearly always. Its
/// address stays, so it cannot be moved; hold it by pointer.
class alignas(64) connection {
public:
    /// Opens a session: name look-up, TCP or unix socket, TLS, authentication, and a check of what it answered.
    /// Bounded by `options.connect_timeout` and by `limit`, whichever ends first; the name look-up too (it is left
    /// behind on a thread of its own if it does not come back). PG* variables and files in the home directory do not
    /// count, but for some that libpq offers no way around: PGTZ, PGDATESTYLE, PGGEQO (reported to
    /// `observer::on_warning` as "ambient_setting"), PGSERVICE (must not name an unknown service) and PGREQUIREPEER
    /// and PGREQUIREAUTH (can only refuse more).
    /// Throws `error`: configuration (before anything is sent; also an unverified TLS mode in production, unless
    /// `allow_unverified_tls_in_production` is set), connect_failed (refused, no such host or socket, TLS,
    /// unknown database, server full or starting, no answer in connect_timeout), authentication_failed,
    /// deadline_exceeded (`limit` ended first). No message holds the password or text of an unauthenticated server.
    /// `watcher` may be null and must outlive the connection.
    /// For pools: `post` as in `watch_deadlines`, while it is opened already.
    [[nodiscard]] static std::unique_ptr<connection> open(const connection_options& options, deadline limit = {},
                                                          observer* watcher = nullptr,
                                                          detail::watch_post* post = nullptr);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    /// Closes.
    ~connection();

    /// Sends one statement and returns its rows. One round trip: a statement seen for the first time is parsed, bound
    /// and executed in the same one; `with.begin` and the DEALLOCATE of evicted statements ride in it too. A prepared
    /// statement that the server has forgotten, or whose table has changed, is prepared again and sent once more when
    /// no transaction was open (it had not run); inside one the error is thrown and the next call prepares afresh.
    /// No deadline given: `connection_options::call_timeout` counts.
    /// At the deadline, or when it is stopped, the server is asked to cancel what it is doing, and the session closed: a
    /// cancel can then hit nothing else. With a libpq before 17, which would send it in the clear, that of an encrypted
    /// session is not sent, unless `connection_options::cancel_in_clear` is set.
    /// Throws `error`: the kind of the SQLSTATE; encode (too many or too large parameters, nothing sent);
    /// deadline_exceeded and cancelled (closed, or nothing was sent: the text says which); connection_lost (the statement may or
    /// may not have run, the text says if it cannot have); usage (COPY: closed); closed.
    /// Any throw leaves the connection either usable, `status()` telling how, or `usable()` false.
    rowset execute(const statement_ref& statement, const parameters_view& parameters, const call_options& options,
                   ride with = {});
    rowset execute(const statement_ref& statement, const parameters_view& parameters, deadline limit = {},
                   ride with = {}) {
        return execute(statement, parameters, call_options{.deadline = limit, .stop = {}}, with);
    }

    /// Opens a transaction in a trip of its own; prefer `ride`. `text` is zero-terminated ("BEGIN READ ONLY").
    /// Throws as `execute` does.
    void begin(const char* text = "BEGIN", deadline limit = {}, std::source_location where = {});
    /// Ends the transaction. Throws `error`: transaction_aborted if the server answers ROLLBACK (the transaction had
    /// failed before, nothing was kept); commit_unknown if the session broke or the deadline passed after COMMIT had
    /// been handed to libpq (closed; never to be retried blindly); the kind of the SQLSTATE for deferred constraints
    /// and serialization failures (rolled back, session idle).
    void commit(deadline limit = {}, std::source_location where = {});
    /// Ends the transaction and forgets its work. Nothing is thrown: the error that made you roll back stays the one
    /// that is seen. False: the server did not confirm it, and the connection was closed, which rolls back as well.
    /// True at once when no transaction is open. A deadline that has passed closes: give it one of its own.
    bool rollback(deadline limit = {}) noexcept;

    [[nodiscard]] transaction_status status() const noexcept { return status_.load(std::memory_order_relaxed); }
    /// Open, and no call left it in doubt.
    [[nodiscard]] bool usable() const noexcept { return usable_; }
    /// After time in a pool: whether the session is still there, without a round trip. Looks whether the socket has
    /// something to say and reads it. Notices and notifications are not death; a server's farewell is.
    /// Cost: one system call (140–450 ns) when there is nothing.
    [[nodiscard]] bool alive_after_idle() noexcept;

    /// The host that gave the session, of several the one that it is on, and its port. Empty once closed.
    [[nodiscard]] host_port endpoint() const;
    /// The server process that serves this session; 0 once closed.
    [[nodiscard]] int backend_pid() const noexcept { return notes_.backend_pid; }
    /// 150012 for 15.12. Of a pooler: what it claims.
    [[nodiscard]] int server_version() const noexcept { return server_version_; }
    /// A setting that the server reports ("TimeZone", "in_hot_standby", "is_superuser"); empty if it does not, or
    /// once closed. The view lives until the next call.
    [[nodiscard]] std::string_view parameter(const char* name) const noexcept;
    /// Encrypted by TLS.
    [[nodiscard]] bool encrypted() const noexcept;
    /// Prepared statements that this session holds now.
    [[nodiscard]] std::size_t prepared_statements() const noexcept { return statements_.size(); }

    /// For pools: deadlines of waits are kept by this post from now on. It must outlive the connection. null: by timeouts.
    void watch_deadlines(detail::watch_post* post) noexcept { post_ = post; }

    /// For pools: usable, idle, and as it was opened: nobody has set, listened to or locked anything in it.
    [[nodiscard]] bool lendable() const noexcept {
        return usable_ && status() == transaction_status::idle && traces_ == 0 && omen_ == detail::session_omen::none;
    }
    /// Undoes what statements have left in the session (SET, LISTEN, advisory locks, temporary tables, cursors), in one
    /// round trip; none where there is nothing. False, and closed: something stays (LOAD, SQL's PREPARE), or the server
    /// did not confirm it. What functions did inside is not known, and stays. Precondition: usable and idle.
    bool reset(deadline limit) noexcept;
    /// Whether the server answers. One round trip. False: closed.
    [[nodiscard]] bool ping(deadline limit) noexcept;
    [[nodiscard]] detail::session_omen omen() const noexcept { return omen_; }
    /// From any thread: a call is under way; the identifier of the last statement that was sent, its first 39 bytes.
    [[nodiscard]] bool in_call() const noexcept { return in_call_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::string last_statement() const { return last_.text(); }

    /// The call that follows at once begins at that moment, of the kernel's last tick: it need not ask the clock again.
    void note_start(deadline::clock::time_point now) noexcept { start_ = now; }
    /// For pools: what the next statement's event says it waited for this session.
    void note_queue(std::chrono::nanoseconds waited) noexcept { queued_ = waited; }

    /// Says goodbye and closes the socket, without waiting for the server. May be repeated. `reason` goes to
    /// `observer::on_connection`. In a child process it says nothing: the session is the parent's.
    void close(std::string_view reason = "closed") noexcept;

private:
    static constexpr int most_parameters = 65535;
    static constexpr std::int64_t most_bytes_of_one = std::int64_t{64} << 20;
    static constexpr std::int64_t most_bytes = std::int64_t{256} << 20;

    connection(const connection_options& options, observer* watcher);

    struct trip; // one call under way; in connection.ipp

    void look() noexcept;
    PGREPO_COLD void drop_notifications() noexcept;
    void heed(sqlstate state) noexcept;
    [[nodiscard]] deadline::clock::time_point start_of_call(deadline limit) noexcept;
    class stopping;
    // what each call does; connection.ipp
    void check_session(const connection_options& options);
    rowset perform(trip& call, const parameters_view& parameters, ride with);
    void check_call(const trip& call);
    static void check_parameters(const trip& call, const parameters_view& parameters);
    [[nodiscard]] bool queue(trip& call, detail::exchange& talk, const parameters_view& parameters, ride with);
    void await(trip& call, detail::exchange& talk);
    [[nodiscard]] rowset finish(trip& call, detail::exchange& talk);
    void control(const char* text, deadline limit, std::source_location where);
    void end_trip(const detail::exchange& talk);
    [[nodiscard]] statement_event event_of(const trip& call) noexcept;
    void observe(const trip& call, rowset& rows) noexcept;
    // what few calls do; connection_refusals.ipp
    PGREPO_COLD rowset perform_stoppable(trip& call, const parameters_view& parameters, const call_options& options,
                                         ride with);
    PGREPO_COLD bool queue_parts(trip& call, detail::exchange& talk, const parameters_view& parameters, ride with,
                                 bool clash);
    PGREPO_COLD void enter(trip& call) noexcept;
    PGREPO_COLD void heed_command(const detail::exchange& talk);
    void require_parent(const statement_ref& statement) const;
    [[nodiscard]] static std::string_view cancel_clause(detail::cancel_outcome cancel) noexcept;
    PGREPO_COLD bool heals(trip& call, const detail::exchange& talk, ride with);
    [[noreturn]] PGREPO_COLD static void refuse_parameters(const trip& call, const parameters_view& parameters);
    [[noreturn]] PGREPO_COLD void refuse_call(const trip& call);
    [[noreturn]] PGREPO_COLD void refuse_copy(const trip& call);
    [[noreturn]] PGREPO_COLD void refuse_session_state(const trip& call, detail::session_traces needs);
    [[noreturn]] PGREPO_COLD void refuse_text(const trip& call);
    [[noreturn]] PGREPO_COLD void refuse(const trip& call, const detail::exchange& talk);
    [[noreturn]] PGREPO_COLD void give_up(const trip& call);
    [[noreturn]] PGREPO_COLD void lose(const trip& call, const pg_result* failure);
    [[noreturn]] PGREPO_COLD void report(const trip& call, error_details details);

    // What every call needs stands together, as little of it as can be: the server has used the caches in between.
    detail::session_notes notes_{}; // before handle_: libpq holds its address until PQfinish
    detail::connection_handle handle_{};
    observer* watcher_ = nullptr;
    detail::watch_post* post_ = nullptr;
    std::chrono::milliseconds call_timeout_{};
    detail::fork_guard born_{};
    int socket_ = -1;
    deadline::clock::time_point start_{};                                 // of the next call, if it is known
    std::atomic<transaction_status> status_{transaction_status::unknown}; // reports read it from other threads
    bool usable_ = false;
    detail::session_traces traces_ = 0;
    detail::session_omen omen_ = detail::session_omen::none;
    bool listens_ = false;    // LISTEN was seen; one inside a function is not
    unsigned char trips_ = 0; // since the last look for notifications of those that are not seen
    std::atomic<bool> in_call_{false};
    bool pooled_ = false; // by somebody else: each transaction may have another session of the server
    const detail::prepared_statement* noted_ = nullptr; // whose identifier last_ has; null: of another statement
    detail::last_statement last_{};
    detail::statement_cache statements_;

    std::unique_ptr<detail::deadline_watch> own_watch_{}; // of a session without a pool, once a call can be stopped
    std::chrono::nanoseconds queued_{};
    int server_version_ = 0;
    bool may_write_ = true; // by what was asked for
    bool cancels_in_clear_ = false;
    bool shows_detail_ = false;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/connection.ipp>
#include <pgrepo/pq/impl/connection_refusals.ipp>
#endif
