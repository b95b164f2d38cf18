#pragma once

#include <pgrepo/codec/decode.hpp>
#include <pgrepo/codec/integers.hpp>
#include <pgrepo/pq/connecting.hpp>
#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/settings.hpp>
#include <pgrepo/pq/turn.hpp>
#include <pgrepo/service/pooled_service.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pgrepo {
namespace detail {

/// Whether a statement that left a transaction open has ended another: COMMIT AND CHAIN, ROLLBACK AND CHAIN. The tag of
/// ROLLBACK TO a savepoint is ROLLBACK as well, so there the text is looked at for the word.
PGREPO_DECL bool is_chain(std::string_view tag, std::string_view text) noexcept {
    if (tag == "COMMIT") return true;
    if (tag != "ROLLBACK") return false;
    constexpr std::string_view word = "chain";
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
        std::size_t same = 0;
        while (same < word.size() && (text[at + same] | 0x20) == word[same]) ++same;
        if (same == word.size()) return true;
    }
    return false;
}

/// The result's shape is checked once for each prepared statement of a session.
PGREPO_DECL void check_once(rowset& rows, const request& asked) {
    if (asked.shape == nullptr || rows.shape_is(asked.shape)) [[likely]]
        return;
    check_shape(*asked.shape, rows, asked.statement);
    rows.remember_shape(asked.shape);
}

PGREPO_DECL session_transaction::session_transaction(loan session, const tx_options& options,
                                                     std::source_location where) noexcept
    : session_(std::move(session)),
      options_(options),
      limits_(options.limits == nullptr ? no_call_options : *options.limits),
      where_(where) {}

PGREPO_DECL session_transaction::~session_transaction() {
    rollback();
}

PGREPO_DECL rowset session_transaction::answer(const request& asked) {
    const statement_ref& statement = asked.statement;
    const turn ours(in_call_, statement);
    if (ended_) raise(error_kind::usage, "the transaction has ended", statement.id, statement.where);
    // Without this, what follows a COMMIT in the user's SQL would be kept whatever becomes of the function.
    if (begun_ && (chained_ || session_->status() == transaction_status::idle)) raise_ended(statement);
    if (session_->status() == transaction_status::in_transaction) first_failure_.reset(); // mended by a savepoint
    const bool failed_before = first_failure_.has_value();
    try {
        rowset rows =
            session_->execute(statement, asked.parameters, limits_, {.begin = begun_ ? nullptr : begin_text(options_)});
        begun_ = true;
        ++answered_;
        if (is_chain(rows.command_tag(), statement.text)) chained_ = true;
        check_once(rows, asked);
        return rows;
    } catch (const error& failure) {
        if (session_->status() != transaction_status::idle) begun_ = true; // BEGIN had travelled with it
        // The session is gone, or refuses all that follows: because of the first failure, and not of this call.
        if (failed_before) raise_aborted(statement);
        // A failure on this side (a value that does not fit) leaves the transaction as it was.
        if (begun_ && session_->status() != transaction_status::in_transaction) first_failure_ = failure;
        throw;
    }
}

PGREPO_DECL void session_transaction::commit() {
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
    session_->commit(limits_.deadline, where_);
}

PGREPO_DECL void session_transaction::rollback() noexcept {
    if (std::exchange(ended_, true) || !begun_) return;
    if (session_->status() != transaction_status::idle) session_->rollback();
}

PGREPO_DECL void session_transaction::raise_aborted(const statement_ref& statement) const {
    raise(error_details{.kind = error_kind::transaction_aborted,
                        .message =
                            "the transaction had failed before (" + std::string(to_string(first_failure_->kind())) +
                            (first_failure_->statement_id().empty() ? "" : " in " + first_failure_->statement_id()) +
                            "), and nothing of it was kept; let that error out of the function, or check before",
                        .state = sqlstate("25P02"),
                        .statement_id = std::string(statement.id),
                        .where = statement.where});
}

PGREPO_DECL void session_transaction::raise_ended(const statement_ref& statement) {
    raise(error_kind::usage,
          "the transaction was ended by a statement in it (COMMIT or ROLLBACK); leave that to with_transaction: return "
          "to commit, throw to roll back",
          statement.id, statement.where);
}

PGREPO_DECL pooled_service::pooled_service(const postgres_config& config)
    : info_{.database = config.database, .pool_max = config.pool_max},
      watcher_(config.observer),
      pooler_expected_(config.pooler != pooler_mode::none),
      pool_((config.validate(), config.connection()), config.pool(), config.observer) {}

PGREPO_DECL loan pooled_service::borrow(const statement_ref& statement, const call_options& options) {
    return pool_.acquire(options, statement.where, statement.id);
}

PGREPO_HOT PGREPO_DECL rowset pooled_service::answer(const request& asked, const call_options* given) {
    const call_options& options = given == nullptr ? no_call_options : *given;
    const loan lent = borrow(asked.statement, options);
    connection& session = *lent;
    session.note_start(lent.since());
    rowset rows = session.execute(asked.statement, asked.parameters, options);
    check_once(rows, asked);
    if (session.status() != transaction_status::idle) [[unlikely]]
        raise(error_kind::usage,
              "the statement opened a transaction, which no other call would be part of; use with_transaction (the "
              "session was closed, which rolls back)",
              asked.statement.id, asked.statement.where);
    return rows;
}

PGREPO_DECL void pooled_service::transact(const tx_options& options, std::source_location where,
                                          const transaction_body& body) {
    const call_options& limits = options.limits == nullptr ? no_call_options : *options.limits;
    session_transaction session(borrow({.where = where}, limits), options, where);
    if (watcher_ == nullptr) return run_body(body, session);
    const auto start = deadline::clock::now();
    transaction_event event{.outcome = transaction_outcome::rolled_back, .where = where};
    const auto tell = [&](const error* failure) {
        event.failure = failure;
        event.duration = deadline::clock::now() - start;
        event.statements = session.answered();
        watcher_->on_transaction(event);
    };
    try {
        run_body(body, session);
    } catch (const error& failure) {
        if (failure.kind() == error_kind::commit_unknown) event.outcome = transaction_outcome::unknown;
        session.rollback();
        tell(&failure);
        throw;
    } catch (...) {
        session.rollback();
        tell(nullptr);
        throw;
    }
    event.outcome = transaction_outcome::committed;
    tell(nullptr);
}

PGREPO_DECL void pooled_service::run_body(const transaction_body& body, session_transaction& session) {
    transaction handle(session);
    body.call(body.function, handle);
    session.commit();
}

PGREPO_DECL void pooled_service::establish(std::source_location where) {
    const checked<void> statement(at(sql<"SELECT pg_backend_pid()", "connect">, where));
    const loan session = borrow(statement.ref(), {});
    std::int32_t served_by = 0;
    {
        const rowset rows = session->execute(statement.ref(), {});
        if (rows.row_count() == 1 && rows.column_count() == 1) (void)decode_field(rows.cell_at(0, 0), served_by);
    }
    // A pooler answers for its sessions, with a process id of its own making.
    if (!pooler_expected_ && served_by != session->backend_pid())
        warn(
            watcher_, "pooler",
            "the server process is another than was promised: a pooler such as PgBouncer stands in between. If it pools "
            "transactions, set pooler to transaction (POOLER=transaction), or prepared statements will be missing or "
            "another's",
            where);
    if (watcher_ == nullptr) return;
    if (const std::string text = settings::faults_of_libpq(settings::libpq_version()); !text.empty())
        watcher_->on_warning({.code = "old_libpq", .message = text, .where = where});
    watcher_->on_pool({.established = true, .max = info_.pool_max});
}

PGREPO_DECL bool pooled_service::is_connected() noexcept {
    try {
        const checked<void> statement(sql<"SELECT 1", "is_connected">);
        const call_options soon{.deadline = deadline::in(std::chrono::seconds(2)), .stop = {}};
        return answer({statement.ref(), {}, nullptr}, &soon).row_count() == 1;
    } catch (...) {
        return false;
    }
}

PGREPO_DECL pgrepo::connection_info pooled_service::connection_info() const {
    pgrepo::connection_info info = info_;
    auto [host, port] = pool_.newest_endpoint();
    info.host = std::move(host);
    info.port = port;
    info.pool_size = pool_.counts().total;
    return info;
}

PGREPO_DECL void pooled_service::close() noexcept {
    pool_.close();
}

PGREPO_DECL pgrepo::pool& pooled_service::sessions() noexcept {
    return pool_;
}

} // namespace detail

PGREPO_DECL postgres_service::postgres_service(const postgres_config& config, std::source_location where) {
    auto core = std::make_unique<detail::pooled_service>(config);
    core->establish(where);
    core_.reset(core.release());
}

} // namespace pgrepo
