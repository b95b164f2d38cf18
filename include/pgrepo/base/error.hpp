#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/error_kind.hpp>
#include <pgrepo/base/shared_object.hpp>
#include <pgrepo/base/sqlstate.hpp>

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace pgrepo {

/// What an error knows. `message` holds no secret, and no parameter value unless `connection_options::error_detail` asks for
/// what the server says of it: whoever fills it sees to that.
struct error_details {
    error_kind kind{};
    std::string message{};
    sqlstate state{};
    std::string schema{};
    std::string table{};
    std::string column{};
    std::string constraint{};
    std::string statement_id{};
    std::source_location where{};
    std::string detail{}; ///< the server's DETAIL, control characters escaped
    std::string hint{};   ///< and its HINT
    /// Of a session that could not be opened: as things stand the next could not either (a wrong password, a database that is not
    /// there, a certificate that does not fit).
    bool lasting = false;
};

/// The one exception of the library. Switch over `kind()`; the rest says which row, rule and call.
/// Copies share their details, so copying never throws and is safe between threads.
/// The text is for people who run the service: do not send `what()` to its clients.
class PGREPO_API_TYPE error : public std::runtime_error {
public:
    PGREPO_DECL explicit error(error_details details);
    // Declared, so that there is no move: what was moved from may still be on its way to another handler.
    error(const error&) noexcept = default;
    error& operator=(const error&) noexcept = default;

    [[nodiscard]] error_kind kind() const noexcept { return details_->kind; }
    /// Empty when the server did not give one. Lives as long as the error or a copy of it, and so does a view of its code.
    [[nodiscard]] const pgrepo::sqlstate& sqlstate() const noexcept { return details_->state; }
    /// What happened and what to do, without the decoration of `what()`.
    [[nodiscard]] const std::string& message() const noexcept { return details_->message; }
    [[nodiscard]] const std::string& schema() const noexcept { return details_->schema; }
    [[nodiscard]] const std::string& table() const noexcept { return details_->table; }
    [[nodiscard]] const std::string& column() const noexcept { return details_->column; }
    [[nodiscard]] const std::string& constraint() const noexcept { return details_->constraint; }
    /// What the server adds, such as the row that fails or the key that exists. Empty unless `error_detail` was set for the
    /// session, and for statements of a record with sensitive columns.
    [[nodiscard]] const std::string& detail() const noexcept { return details_->detail; }
    /// The identifier of the statement, as written in `query<…>` or made for a repository ("users.find").
    [[nodiscard]] const std::string& statement_id() const noexcept { return details_->statement_id; }
    /// As `error_details::lasting`, and every error of kind configuration.
    [[nodiscard]] bool lasting() const noexcept {
        return details_->lasting || details_->kind == error_kind::configuration;
    }
    /// The user's line that made the call. `line() == 0` when there was none (a background task).
    [[nodiscard]] const std::source_location& where() const noexcept { return details_->where; }
    [[nodiscard]] const error_details& details() const noexcept { return *details_; }

private:
    detail::shared_object owner_;
    const error_details* details_; // in what is owned
};

namespace detail {

[[noreturn]] PGREPO_COLD PGREPO_DECL void raise(error_details details);
[[noreturn]] PGREPO_COLD PGREPO_DECL void raise(error_kind kind, std::string_view message,
                                                std::string_view statement_id = {}, std::source_location where = {});

} // namespace detail
} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/base/impl/error.ipp>
#endif
