#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/owner.hpp>
#include <pgrepo/contract/connection_info.hpp>
#include <pgrepo/contract/database_service.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/service/service_core.hpp>
#include <pgrepo/service/transaction.hpp>

#include <concepts>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace pgrepo {

struct postgres_config;
struct call_options;
class service_view;
class pool;

namespace detail {

/// What a transaction's function returned, until COMMIT is through: also a reference, or nothing.
template <class Result> struct kept_result {
    Result value;
};
template <> struct kept_result<void> {};

} // namespace detail

/// A PostgreSQL database behind a bounded pool of sessions. Models DatabaseService. Thread-safe: call it from any thread;
/// each call borrows a session for as long as it takes. It stays where it is made: repositories point to it.
///
/// This header is enough to use one. A file that makes one includes <pgrepo/pgrepo.hpp>.
class postgres_service : public executor_verbs<postgres_service> {
public:
    template <class T> using returns = T;
    using transaction_type = transaction;

    /// Validates, opens a session and runs a query. Throws `error`: configuration (everything that is wrong, before
    /// anything is sent), connect_failed, authentication_failed.
    PGREPO_DECL explicit postgres_service(const postgres_config& config,
                                          std::source_location where = std::source_location::current());
    postgres_service(const postgres_service&) = delete;
    postgres_service& operator=(const postgres_service&) = delete;

    /// Runs one operation on a session of the pool; see Executor. Throws `error`: pool_exhausted, closed, what opening a
    /// session throws, and what the statement is answered with.
    template <Operation Op> PGREPO_NOINLINE typename Op::result_type run(const Op& op) {
        if constexpr (detail::is_made_here<Op>) // what `finish` does: one function less for each
            return op.finisher(core_->answer(op.request(), nullptr), op.statement());
        else
            return op.finish(core_->answer(op.request(), nullptr));
    }
    /// The same with options over all of it. `with(options)` is the usual way to it.
    template <Operation Op> typename Op::result_type run(const Op& op, const call_options& options) {
        return op.finish(core_->answer(op.request(), &options));
    }

    /// An Executor on this service whose calls have these options. Lives no longer than the service. Needs
    /// <pgrepo/pgrepo.hpp>, or <pgrepo/service/service_view.hpp> alone.
    [[nodiscard]] service_view with(call_options options) noexcept;

    /// Calls `function(transaction&)` and commits; returns what it returned. An exception out of it rolls back and comes
    /// out unchanged. Round trips: those of its statements and one for COMMIT; none if it runs none.
    /// Throws besides: transaction_aborted (a statement failed and its error was swallowed: nothing was kept),
    /// commit_unknown (the session broke after COMMIT went out: look before you repeat), what COMMIT is refused with
    /// (deferred constraints, serialization_failure). Never repeated on its own.
    template <std::invocable<transaction&> Function>
    auto with_transaction(const tx_options& options, Function&& function,
                          std::source_location where = std::source_location::current())
        -> std::invoke_result_t<Function, transaction&> {
        using result = std::invoke_result_t<Function, transaction&>;
        struct call {
            std::remove_reference_t<Function>* function;
            std::optional<detail::kept_result<result>> kept{};
        } body{&function};
        const auto run_body = [](void* self, transaction& tx) {
            call& it = *static_cast<call*>(self);
            if constexpr (std::is_void_v<result>)
                std::forward<Function> (*it.function)(tx);
            else
                it.kept.emplace(detail::kept_result<result>{std::forward<Function>(*it.function)(tx)});
        };
        core_->transact(options, where, {run_body, &body});
        if constexpr (!std::is_void_v<result>)
            return static_cast<result&&>(body.kept->value); // a reference as it is, a value moved
    }
    template <std::invocable<transaction&> Function>
    auto with_transaction(Function&& function, std::source_location where = std::source_location::current())
        -> std::invoke_result_t<Function, transaction&> {
        return with_transaction(tx_options{}, std::forward<Function>(function), where);
    }

    /// Whether a query succeeds within two seconds, now. One round trip; never throws.
    [[nodiscard]] bool is_connected() noexcept { return core_->is_connected(); }
    /// Host and port that the session opened last is on (or was, also after `close`), database, sessions open (or being opened) and allowed.
    /// No round trip. Sessions that are older may be on others of several hosts.
    [[nodiscard]] pgrepo::connection_info connection_info() const { return core_->connection_info(); }
    /// The pool behind: statistics, who holds sessions, `close(deadline)`, another size. Lives as long as the service. Needs
    /// <pgrepo/pgrepo.hpp>.
    [[nodiscard]] pgrepo::pool& pool() const noexcept { return core_->sessions(); }
    /// Ends it for good: idle sessions are closed now, busy ones when their call is done; every later call throws `error`
    /// kind closed. May be repeated, from any thread.
    void close() noexcept { core_->close(); }

private:
    detail::owner<detail::service_core, detail::service_ender> core_;
};

} // namespace pgrepo
