#pragma once

#include <pgrepo/base/impl/shared_object.ipp>
#include <pgrepo/pq/pool_exhausted.hpp>
#include <pgrepo/pq/server_error.hpp>

#include <charconv>
#include <utility>

namespace pgrepo {
namespace detail {

struct counted_holders final : counted_object {
    explicit counted_holders(std::vector<pool_holder>&& from) : holders(std::move(from)) {}
    std::vector<pool_holder> holders;
};

/// Where a call was made: "file.cpp:12".
PGREPO_DECL std::string line_of(std::source_location where) {
    return where.line() == 0 ? std::string("an unknown line")
                             : escaped(where.file_name(), 200) + ":" + std::to_string(where.line());
}

PGREPO_DECL std::string in_milliseconds(std::chrono::nanoseconds span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count()) + " ms";
}

} // namespace detail

PGREPO_DECL std::string to_string(const pool_holder& holder) {
    std::string text = detail::line_of(holder.where) + " for " + detail::in_milliseconds(holder.age) + " (";
    text += holder.in_call ? "in a call" : to_string(holder.status);
    if (!holder.statement_id.empty())
        text += (holder.in_call ? ", of \"" : ", after \"") + detail::escaped(holder.statement_id, 40) + "\"";
    char digits[16];
    const auto [end, problem] = std::to_chars(digits, digits + sizeof digits, holder.thread, 16);
    static_cast<void>(problem); // 64 bits fit
    return text.append(", thread ").append(digits, end).append(")");
}

PGREPO_DECL pool_exhausted_error::pool_exhausted_error(error_details details, std::vector<pool_holder> holders)
    : error(std::move(details)),
      holders_(new detail::counted_holders(std::move(holders))) {}

PGREPO_DECL const std::vector<pool_holder>& pool_exhausted_error::holders() const noexcept {
    return static_cast<const detail::counted_holders*>(holders_.get())->holders;
}

} // namespace pgrepo
