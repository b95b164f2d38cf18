#pragma once

#include <pgrepo/pq/exchange.hpp>
#include <pgrepo/pq/impl/libpq.ipp>

#include <string_view>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL bool exchange::pipeline() noexcept {
    pipelined_ = PQenterPipelineMode(conn_) == 1;
    return pipelined_;
}

PGREPO_DECL bool exchange::add(int accepted, part what) noexcept {
    if (accepted != 1) [[unlikely]]
        return false;
    parts_[count_++] = what;
    return true;
}

PGREPO_DECL bool exchange::tidy(const statement_name& name) noexcept {
    // The name is ours, "pgrepo_" and hexadecimal digits: nothing in it needs escaping.
    std::array<char, 64> text{};
    std::size_t size = 0;
    for (const std::string_view piece :
         {std::string_view("DEALLOCATE \""), std::string_view(name.data()), std::string_view("\"")})
        for (char c : piece) text[size++] = c;
    return add(PQsendQueryParams(conn_, text.data(), 0, nullptr, nullptr, nullptr, nullptr, 1), part::tidy) && sync();
}

PGREPO_DECL bool exchange::aside(const char* text) noexcept {
    return add(PQsendQueryParams(conn_, text, 0, nullptr, nullptr, nullptr, nullptr, 1), part::aside);
}

PGREPO_DECL bool exchange::parse(const statement_name& name, const statement_ref& statement) noexcept {
    return add(PQsendPrepare(conn_, name.data(), statement.text.data(),
                             static_cast<int>(statement.parameter_types.size()), statement.parameter_types.data()),
               part::parse);
}

PGREPO_HOT PGREPO_DECL bool exchange::prepared(const statement_name& name, const parameters_view& parameters) noexcept {
    return add(PQsendQueryPrepared(conn_, name.data(), parameters.count, parameters.values, parameters.lengths,
                                   parameters.formats, 1),
               part::statement);
}

PGREPO_DECL bool exchange::unnamed(const statement_ref& statement, const parameters_view& parameters) noexcept {
    const oid* types = statement.parameter_types.empty() ? nullptr : statement.parameter_types.data();
    return add(PQsendQueryParams(conn_, statement.text.data(), parameters.count, types, parameters.values,
                                 parameters.lengths, parameters.formats, 1),
               part::statement);
}

PGREPO_DECL bool exchange::simple(const char* text) noexcept {
    return add(PQsendQuery(conn_, text), part::statement);
}

PGREPO_DECL bool exchange::sync() noexcept {
    return add(PQpipelineSync(conn_), part::sync);
}

PGREPO_HOT PGREPO_DECL io exchange::advance() noexcept {
    if (!flushed_) {
        // When it cannot send, PQflush takes what the server says meanwhile, so that both cannot wait for each other: then
        // there may be something to look at before the socket says so.
        const int left = PQflush(conn_);
        if (left > 0) [[unlikely]] {
            blocked_ = true;
            return io::want_write;
        }
        flushed_ = true;
        lost_ = left < 0;
        if (!lost_ && !blocked_) [[likely]]
            return io::want_read;
    } else if (PQconsumeInput(conn_) == 0) [[unlikely]] {
        lost_ = true;
    }
    // A broken session still hands out what it had received, why it ends among it, and then ends the results itself.
    // Not so if libpq ran out of memory with the socket open: it would block.
    if (lost_ && PQstatus(conn_) != CONNECTION_BAD) [[unlikely]]
        return io::done;
    while (lost_ || PQisBusy(conn_) == 0)
        if (take(result_handle(PQgetResult(conn_)))) return io::done;
    return io::want_read;
}

PGREPO_DECL bool exchange::next_part() noexcept {
    if (++at_ < count_) return false;
    if (PQexitPipelineMode(conn_) != 1) lost_ = true;
    return true;
}

PGREPO_HOT PGREPO_DECL bool exchange::take(result_handle result) noexcept {
    if (!result) {
        if (!pipelined_) [[likely]]
            return true; // whether the session is still there is looked at after each trip
        if (PQstatus(conn_) == CONNECTION_BAD) lost_ = true;
        return lost_ || next_part();
    }
    const part current = at_ < count_ ? parts_[at_] : part::sync;
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) [[unlikely]]
        return take_other(std::move(result), current);
    if (current == part::statement) [[likely]] {
        if (answer_) [[unlikely]]
            return lost_ = true; // one statement has one answer: whose this is nobody knows
        answer_ = std::move(result);
        commanded_ = status == PGRES_COMMAND_OK;
    } else if (current == part::tidy) {
        ++tidied_;
    } else if (current == part::parse) {
        parsed_ = true;
    }
    return false;
}

/// What is no success of a part.
PGREPO_DECL bool exchange::take_other(result_handle result, part current) noexcept {
    switch (PQresultStatus(result.get())) {
    case PGRES_PIPELINE_SYNC:
        return next_part();
    case PGRES_PIPELINE_ABORTED:
        return false;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        copies_ = lost_ = true;
        return true;
    default:
        break;
    }
    const char* severity = PQresultErrorField(result.get(), PG_DIAG_SEVERITY_NONLOCALIZED);
    const bool ends_session = severity == nullptr || std::string_view(severity) != "ERROR";
    if (current == part::tidy && !ends_session) {
        ++tidied_; // it was gone already
        return false;
    }
    if (!failure_) {
        failed_ = current;
        failure_ = std::move(result);
    }
    // FATAL: nothing more will come, and whoever stands between may keep the socket open.
    lost_ = lost_ || ends_session;
    return ends_session;
}

} // namespace pgrepo::detail
