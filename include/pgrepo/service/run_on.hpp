#pragma once

#include <pgrepo/contract/operation.hpp>
#include <pgrepo/pq/connection.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// Whether a statement that left a transaction open has ended another: COMMIT AND CHAIN, ROLLBACK AND CHAIN. The tag of
/// ROLLBACK TO a savepoint is ROLLBACK as well, so there the text is looked at for the word.
inline bool is_chain(std::string_view tag, std::string_view text) noexcept {
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

/// Runs an operation on a session: bind on the stack, one round trip, decode. The result's shape is checked once for
/// each prepared statement of the session. Where a transaction's begin rides along, `begun` says afterwards, also when
/// this throws, whether it is open: a value that cannot be encoded sends nothing. `chained` says that the statement ended
/// the transaction and began another (COMMIT AND CHAIN), which the server's status does not show.
template <Operation Op>
typename Op::result_type run_on(connection& session, const Op& op, deadline limit, ride with = {},
                                bool* begun = nullptr, bool* chained = nullptr) {
    const auto bound = op.bind();
    rowset rows;
    try {
        rows = session.execute(op.statement(), bound.view(), limit, with);
    } catch (...) {
        if (begun != nullptr && session.status() != transaction_status::idle) *begun = true;
        throw;
    }
    if (begun != nullptr) *begun = true;
    if (chained != nullptr && is_chain(rows.command_tag(), op.statement().text)) *chained = true;
    if (const row_shape* shape = op.shape(); shape != nullptr && !rows.shape_is(shape)) {
        check_shape(*shape, rows, op.statement());
        rows.remember_shape(shape);
    }
    return op.finish(rows);
}

} // namespace pgrepo::detail
