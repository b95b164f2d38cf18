#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/pq/handles.hpp>
#include <pgrepo/pq/io.hpp>
#include <pgrepo/pq/statement_cache.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace pgrepo::detail {

/// One round trip as a step without I/O of its own: fill it, then `advance` until done, waiting in between. A single
/// statement travels plainly (measured: faster); several parts travel as a pipeline. What is queued is zero-terminated
/// text and views, needed only during the call that queues.
/// Functions that queue answer false if libpq would not take it: the session is broken or out of memory.
class exchange {
public:
    enum class part : unsigned char {
        tidy,      ///< drops a prepared statement; whether that succeeds does not matter
        aside,     ///< what is sent besides: BEGIN
        parse,     ///< prepares the statement
        statement, ///< the statement itself
        sync,      ///< the server settles what came so far, and errors do not reach beyond
    };
    /// Names that one trip drops at most.
    static constexpr std::size_t most_tidied = 16;

    exchange(pg_conn* connection, int socket) noexcept : conn_(connection), socket_(socket) {}
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    // No destructor: a trip that was begun and did not end leaves a session that must be closed.

    /// Before any part of a trip that has several.
    [[nodiscard]] bool pipeline() noexcept;
    [[nodiscard]] bool tidy(const statement_name& name) noexcept; // and a sync of its own
    /// Constant text before the statement, or alone: BEGIN.
    [[nodiscard]] bool aside(const char* text) noexcept;
    [[nodiscard]] bool parse(const statement_name& name, const statement_ref& statement) noexcept;
    [[nodiscard]] bool prepared(const statement_name& name, const parameters_view& parameters) noexcept;
    [[nodiscard]] bool unnamed(const statement_ref& statement, const parameters_view& parameters) noexcept;
    /// Constant text without parameters or rows (COMMIT), by the simple protocol.
    [[nodiscard]] bool simple(const char* text) noexcept;
    /// After the last part of a pipeline.
    [[nodiscard]] bool sync() noexcept;

    [[nodiscard]] io advance() noexcept;
    [[nodiscard]] int socket() const noexcept { return socket_; }

    // once done
    /// The session cannot go on: broken, said farewell, or wants to COPY.
    [[nodiscard]] bool lost() const noexcept { return lost_; }
    [[nodiscard]] bool copies() const noexcept { return copies_; }
    /// The server has the statement under its name, also if executing it failed.
    [[nodiscard]] bool parsed() const noexcept { return parsed_; }
    /// The first error: later ones are its echo. Null: none.
    [[nodiscard]] const pg_result* failure() const noexcept { return failure_.get(); }
    [[nodiscard]] part failed_part() const noexcept { return failed_; }
    [[nodiscard]] std::size_t tidied() const noexcept { return tidied_; }
    /// The statement is one that gives no rows, and has run.
    [[nodiscard]] bool commanded() const noexcept { return commanded_; }
    [[nodiscard]] const pg_result* answer() const noexcept { return answer_.get(); }
    [[nodiscard]] result_handle take_answer() noexcept { return std::move(answer_); }

private:
    bool add(int accepted, part what) noexcept;
    bool take(result_handle result) noexcept; // true: that was the last
    PGREPO_COLD bool take_other(result_handle result, part current) noexcept;
    bool next_part() noexcept; // true: there is none

    pg_conn* conn_;
    int socket_;
    result_handle answer_{};
    result_handle failure_{};
    std::array<part, 2 * most_tidied + 4> parts_{};
    std::size_t count_ = 0;
    std::size_t at_ = 0;
    std::size_t tidied_ = 0;
    part failed_ = part::statement;
    bool pipelined_ = false;
    bool blocked_ = false; // what is to be sent had to wait
    bool flushed_ = false;
    bool lost_ = false;
    bool copies_ = false;
    bool parsed_ = false;
    bool commanded_ = false;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/exchange.ipp>
#endif
