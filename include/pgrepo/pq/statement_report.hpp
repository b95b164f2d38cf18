#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/owner.hpp>

namespace pgrepo::detail {

/// What an observer will be told of a statement that was answered, once its rows are decoded; in impl/statement_report.ipp.
struct statement_report;

/// Tells it.
struct report_teller {
    PGREPO_DECL void operator()(statement_report* report) const noexcept;
};
/// Held by the rows, which end when they are decoded. Empty where nobody observes.
using report_handle = owner<statement_report, report_teller>;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/statement_report.ipp>
#endif
