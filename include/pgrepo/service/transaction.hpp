#pragma once

#include <pgrepo/base/deadline.hpp>
#include <pgrepo/contract/tx_options.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/pq/loan.hpp>
#include <pgrepo/service/run_on.hpp>

#include <optional>
#include <source_location>
#include <string>
#include <utility>

namespace pgrepo {

/// An open transaction: an Executor whose calls all run in it, on one session. Made by `with_transaction`, which also
/// ends it. BEGIN travels with the first statement; one that runs none costs no round trip.
/// Used by one thread at a time, and not after the function it was given to has returned.
class transaction : public executor_verbs<transaction> {
public:
    template <class T> using returns = T;

    /// For services: a session to run in, how to begin, and the deadline of every call in it.
    transaction(loan session, tx_options options, deadline limit, std::source_location where) noexcept
        : session_(std::move(session)),
          options_(options),
          limit_(limit),
          where_(where) {}
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    /// Rolls back what was not committed.
    ~transaction() { rollback(); }

    /// Throws as a service's `run` does. After a statement failed the server refuses all others: such an `error` has kind
    /// transaction_aborted and says which statement failed first.
    template <Operation Op> typename Op::result_type run(const Op& op) {
        const statement_ref& statement = op.statement();
        if (ended_) detail::raise(error_kind::usage, "the transaction has ended", statement.id, statement.where);
        // Without this, what follows a COMMIT in the user's SQL would be kept whatever becomes of the function.
        if (begun_ && (chained_ || session_->status() == transaction_status::idle)) raise_ended(statement);
        if (session_->status() == transaction_status::in_transaction) first_failure_.reset(); // mended by a savepoint
        const bool failed_before = first_failure_.has_value();
        try {
            return detail::run_on(*session_, op, limit_, {.begin = begun_ ? nullptr : detail::begin_text(options_)},
                                  &begun_, &chained_);
        } catch (const error& failure) {
            // The session is gone, or refuses all that follows: because of the first failure, and not of this call.
            if (failed_before) raise_aborted(statement);
            // A failure on this side (a value that does not fit) leaves the transaction as it was.
            if (begun_ && session_->status() != transaction_status::in_transaction) first_failure_ = failure;
            throw;
        }
    }

    /// For services. Throws `error` kind transaction_aborted where a statement had failed (nothing was kept), usage where
    /// a statement had ended the transaction itself, commit_unknown where the session broke after COMMIT went out, and
    /// what COMMIT itself is refused with.
    void commit() {
        if (std::exchange(ended_, true) || !begun_) return;
        const statement_ref statement{.id = "COMMIT", .where = where_};
        const transaction_status status = session_->status();
        if (status == transaction_status::idle) raise_ended(statement);
        if (chained_) {
            session_->rollback();
            raise_ended(statement);
        }
        if (first_failure_ && status != transaction_status::in_transaction) {
            session_->rollback();
            raise_aborted(statement);
        }
        session_->commit(limit_, where_);
    }
    /// For services. Never throws: the exception that made it necessary stays the one that is seen.
    void rollback() noexcept {
        if (std::exchange(ended_, true) || !begun_) return;
        if (session_->status() != transaction_status::idle) session_->rollback();
    }

private:
    [[noreturn]] void raise_aborted(const statement_ref& statement) const {
        detail::raise(error_details{
            .kind = error_kind::transaction_aborted,
            .message = "the transaction had failed before (" + std::string(to_string(first_failure_->kind())) +
                       (first_failure_->statement_id().empty() ? "" : " in " + first_failure_->statement_id()) +
                       "), and nothing of it was kept; let that error out of the function, or check before",
            .state = sqlstate("25P02"),
            .statement_id = std::string(statement.id),
            .where = statement.where});
    }

    [[noreturn]] static void raise_ended(const statement_ref& statement) {
        detail::raise(
            error_kind::usage,
            "the transaction was ended by a statement in it (COMMIT or ROLLBACK); leave that to with_transaction: "
            "return to commit, throw to roll back",
            statement.id, statement.where);
    }

    loan session_;
    tx_options options_;
    deadline limit_;
    std::source_location where_;
    std::optional<error> first_failure_{};
    bool begun_ = false;
    bool chained_ = false; // a statement in it has ended it and begun another
    bool ended_ = false;
};

} // namespace pgrepo
