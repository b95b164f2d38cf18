#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/impl/shared_object.ipp>

namespace pgrepo {
namespace detail {

struct counted_details final : counted_object {
    explicit counted_details(error_details&& from) : details(std::move(from)) {}
    error_details details;
};

PGREPO_COLD PGREPO_DECL std::string compose(const error_details& d) {
    std::string text = "pgrepo: [";
    text += to_string(d.kind);
    text += ']';
    if (!d.state.empty()) text.append(" ").append(d.state.code());
    text.append(" ").append(d.message);
    if (!d.detail.empty()) text.append("; detail: ").append(d.detail);
    if (!d.hint.empty()) text.append("; hint: ").append(d.hint);
    const char* separator = " (";
    const auto part = [&](std::string_view label, std::string_view value) {
        if (value.empty()) return;
        text.append(separator).append(label).append(" ").append(value);
        separator = ", ";
    };
    part("constraint", d.constraint);
    part("table", d.table);
    part("column", d.column);
    part("statement", d.statement_id);
    if (d.where.line() != 0) part("called at", std::string(d.where.file_name()) + ":" + std::to_string(d.where.line()));
    if (separator[0] == ',') text += ')';
    return text;
}

PGREPO_DECL void raise(error_details details) {
    throw error(std::move(details));
}

PGREPO_DECL void raise(error_kind kind, std::string_view message, std::string_view statement_id,
                       std::source_location where) {
    throw error(error_details{
        .kind = kind, .message = std::string(message), .statement_id = std::string(statement_id), .where = where});
}

} // namespace detail

PGREPO_DECL error::error(error_details details)
    : std::runtime_error(detail::compose(details)),
      owner_(new detail::counted_details(std::move(details))),
      details_(&static_cast<const detail::counted_details*>(owner_.get())->details) {}

} // namespace pgrepo
