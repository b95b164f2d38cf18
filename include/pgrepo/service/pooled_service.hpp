#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/pool.hpp>
#include <pgrepo/service/postgres_config.hpp>
#include <pgrepo/service/postgres_service.hpp>
#include <pgrepo/service/service_core.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <source_location>

namespace pgrepo::detail {

// Virtual functions are declared inline where they are: with one that is not, every file would emit the class.

/// A transaction on a borrowed session. One thread at a time.
class session_transaction final : public transaction_core {
public:
    session_transaction(loan session, const tx_options& options, std::source_location where) noexcept;
    session_transaction(const session_transaction&) = delete;
    session_transaction& operator=(const session_transaction&) = delete;
    /// Rolls back what was not committed.
    ~session_transaction();

    PGREPO_DECL rowset answer(const request& asked) override;

    /// Throws `error` kind transaction_aborted where a statement had failed (nothing was kept), usage where a statement had
    /// ended the transaction itself, commit_unknown where the session broke after COMMIT went out, and what COMMIT itself
    /// is refused with.
    void commit();
    /// Never throws: the exception that made it necessary stays the one that is seen.
    void rollback() noexcept;
    /// Statements that were answered.
    [[nodiscard]] std::int64_t answered() const noexcept { return answered_; }

private:
    [[noreturn]] void raise_aborted(const statement_ref& statement) const;
    [[noreturn]] static void raise_ended(const statement_ref& statement);

    loan session_;
    tx_options options_;
    const call_options& limits_;
    std::source_location where_;
    std::optional<error> first_failure_{};
    std::atomic<bool> in_call_{false};
    std::int64_t answered_ = 0;
    bool begun_ = false;
    bool chained_ = false; // a statement in it has ended it and begun another
    bool ended_ = false;
};

/// The service over a pool. Thread-safe.
class pooled_service final : public service_core {
public:
    explicit pooled_service(const postgres_config& config);

    PGREPO_DECL rowset answer(const request& asked, const call_options* options) override;
    PGREPO_DECL void transact(const tx_options& options, std::source_location where,
                              const transaction_body& body) override;
    PGREPO_DECL bool is_connected() noexcept override;
    PGREPO_DECL pgrepo::connection_info connection_info() const override;
    PGREPO_DECL void close() noexcept override;
    [[nodiscard]] PGREPO_DECL pgrepo::pool& sessions() noexcept override;

    /// Opens a session, runs a query on it, and tells the observer: that the pool works, and of a pooler that nobody configured.
    void establish(std::source_location where);

private:
    [[nodiscard]] loan borrow(const statement_ref& statement, const call_options& options);

    void run_body(const transaction_body& body, session_transaction& session);

    pgrepo::connection_info info_;
    observer* watcher_;
    bool pooler_expected_;
    pgrepo::pool pool_;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/pooled_service.ipp>
#endif
