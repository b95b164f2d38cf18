#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/codec/integers.hpp>
#include <pgrepo/contract/connection_info.hpp>
#include <pgrepo/contract/database_service.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/pq/pool.hpp>
#include <pgrepo/service/postgres_config.hpp>
#include <pgrepo/service/run_on.hpp>
#include <pgrepo/service/transaction.hpp>

#include <chrono>
#include <cstdint>
#include <source_location>
#include <type_traits>
#include <utility>

namespace pgrepo {

class service_view;

/// A PostgreSQL database behind a bounded pool of sessions. Models DatabaseService. Thread-safe: call it from any thread;
/// each call borrows a session for as long as it takes. It stays where it is made: repositories point to it.
class postgres_service : public executor_verbs<postgres_service> {
public:
    template <class T> using returns = T;
    using transaction_type = transaction;

    /// Validates, opens a session and runs a query. Throws `error`: configuration (everything that is wrong, before
    /// anything is sent), connect_failed, authentication_failed.
    explicit postgres_service(const postgres_config& config,
                              std::source_location where = std::source_location::current())
        : info_{.host = config.host, .port = config.port, .database = config.database, .pool_max = config.pool_max},
          pool_((config.validate(), config.connection()), config.pool(), config.observer) {
        select_value<std::int32_t>(detail::at(sql<"SELECT 1", "connect">, where));
    }
    postgres_service(const postgres_service&) = delete;
    postgres_service& operator=(const postgres_service&) = delete;

    /// Runs one operation on a session of the pool; see Executor. Throws `error`: pool_exhausted, closed, what opening a
    /// session throws, and what the statement is answered with.
    template <Operation Op> typename Op::result_type run(const Op& op) { return run(op, deadline{}); }
    /// The same with a deadline over all of it. `with(options)` is the usual way to it.
    template <Operation Op> typename Op::result_type run(const Op& op, deadline limit) {
        const loan session = borrow(op.statement(), limit);
        typename Op::result_type result = detail::run_on(*session, op, limit);
        if (session->status() != transaction_status::idle) raise_left_open(op.statement());
        return result;
    }

    /// An Executor on this service whose calls have these options. Lives no longer than the service.
    [[nodiscard]] service_view with(call_options options) noexcept;

    /// Calls `function(transaction&)` and commits; returns what it returned. An exception out of it rolls back and comes
    /// out unchanged. Round trips: those of its statements and one for COMMIT; none if it runs none.
    /// Throws besides: transaction_aborted (a statement failed and its error was swallowed: nothing was kept),
    /// commit_unknown (the session broke after COMMIT went out: look before you repeat), what COMMIT is refused with
    /// (deferred constraints, serialization_failure). Never repeated on its own.
    template <std::invocable<transaction&> Function>
    auto with_transaction(tx_options options, Function&& function,
                          std::source_location where = std::source_location::current())
        -> std::invoke_result_t<Function, transaction&> {
        using result = std::invoke_result_t<Function, transaction&>;
        transaction tx(borrow({.where = where}, {}), options, {}, where);
        if constexpr (std::is_void_v<result>) {
            std::forward<Function>(function)(tx);
            tx.commit();
        } else {
            result value = std::forward<Function>(function)(tx);
            tx.commit();
            return static_cast<result&&>(value); // a reference as it is, a value moved
        }
    }
    template <std::invocable<transaction&> Function>
    auto with_transaction(Function&& function, std::source_location where = std::source_location::current())
        -> std::invoke_result_t<Function, transaction&> {
        return with_transaction(tx_options{}, std::forward<Function>(function), where);
    }

    /// Whether a query succeeds within two seconds, now. One round trip; never throws.
    [[nodiscard]] bool is_connected() noexcept {
        try {
            return run(operation<std::int64_t, detail::finish_count>(
                           checked<void>(sql<"SELECT 1", "is_connected">).ref(), {}),
                       deadline::in(std::chrono::seconds(2))) == 1;
        } catch (...) {
            return false;
        }
    }
    /// Host, port, database, sessions open and allowed. No round trip.
    [[nodiscard]] pgrepo::connection_info connection_info() const {
        pgrepo::connection_info info = info_;
        info.pool_size = pool_.counts().total;
        return info;
    }
    /// Ends it for good: idle sessions are closed now, busy ones when their call is done; every later call throws `error`
    /// kind closed. May be repeated, from any thread.
    void close() noexcept { pool_.close(); }

private:
    [[noreturn]] PGREPO_COLD static void raise_left_open(const statement_ref& statement) {
        detail::raise(
            error_kind::usage,
            "the statement opened a transaction, which no other call would be part of; use with_transaction (the "
            "session was closed, which rolls back)",
            statement.id, statement.where);
    }

    /// What the pool throws knows neither statement nor line: it is told them here.
    [[nodiscard]] loan borrow(const statement_ref& statement, deadline limit) {
        try {
            return pool_.acquire(limit, statement.where);
        } catch (const error& failure) {
            error_details details = failure.details();
            details.statement_id = statement.id;
            details.where = statement.where;
            detail::raise(std::move(details));
        }
    }

    pgrepo::connection_info info_;
    pool pool_;
};

/// A service with call options; made by `with`.
class service_view : public executor_verbs<service_view> {
public:
    template <class T> using returns = T;

    service_view(postgres_service& service, call_options options) noexcept : service_(&service), options_(options) {}
    template <Operation Op> typename Op::result_type run(const Op& op) { return service_->run(op, options_.deadline); }

private:
    postgres_service* service_;
    call_options options_;
};

inline service_view postgres_service::with(call_options options) noexcept {
    return {*this, options};
}

static_assert(DatabaseService<postgres_service>);

} // namespace pgrepo
