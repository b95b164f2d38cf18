#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>

#include <utility>

namespace pgrepo {

/// A patch expected another version of a record than the one that is there: somebody else was faster. Nothing was written.
/// An `error` of kind stale_version that carries the record as it is. Catch it as the `error` it is, or by its record:
///
///     catch (const pgrepo::stale_version_error<Account>& stale) { retry_from(stale.current()); }
template <class Record> class PGREPO_API_TYPE stale_version_error : public error {
public:
    stale_version_error(error_details details, Record current)
        : error(std::move(details)),
          current_(std::move(current)) {}

    /// The record as the server had it when it refused.
    [[nodiscard]] const Record& current() const noexcept { return current_; }

private:
    Record current_;
};

namespace detail {

[[nodiscard]] PGREPO_COLD PGREPO_DECL error_details describe_stale(const statement_ref& statement);

template <class Record> [[noreturn]] PGREPO_COLD void raise_stale(Record current, const statement_ref& statement) {
    throw stale_version_error<Record>(describe_stale(statement), std::move(current));
}

} // namespace detail
} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/contract/impl/stale_version.ipp>
#endif
