#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/decode.hpp>
#include <pgrepo/codec/request.hpp>

#include <concepts>
#include <exception>

namespace pgrepo {

namespace detail {

/// What of an operation does not depend on what its rows become.
class viewed_request {
public:
    constexpr viewed_request(const pgrepo::request& viewed) noexcept : request_(&viewed) {}
    /// One that ends with the statement cannot be viewed.
    viewed_request(const pgrepo::request&&) = delete;

    /// All but the last step.
    [[nodiscard]] const pgrepo::request& request() const noexcept { return *request_; }
    [[nodiscard]] const statement_ref& statement() const noexcept { return request_->statement; }
    /// Encoded, on the caller's stack.
    [[nodiscard]] const parameters_view& parameters() const noexcept { return request_->parameters; }

private:
    const pgrepo::request* request_;
};

} // namespace detail

/// One statement as a value: what to send, with which encoded parameters, and what its rows become. An Executor runs it.
/// It views its request, which views its parameters: an operation lives no longer than the call that made it.
///
/// `Finish` is called with the rows and the statement and returns a `T`; its `shape` is what the result must look like,
/// or null when no column is read. Made of the request, which names that shape, and a Finish; no constructor, of which every
/// method of every repository would have one.
template <class T, class Finish> struct operation : detail::viewed_request {
    /// What running it gives.
    using result_type = T;

    /// What the result must look like; null: it is not looked at.
    [[nodiscard]] static constexpr const row_shape* shape() noexcept { return Finish::shape; }
    /// Rows → T. The shape was checked before. Throws `error` kind decode, and what the operation means by its rows
    /// (not_found, too_many_rows).
    template <RowSource Rows> [[nodiscard]] T finish(const Rows& rows) const {
        return finisher(rows, this->statement());
    }

    [[no_unique_address]] Finish finisher{};
};

namespace detail {

template <class Finish> using operation_of = operation<typename Finish::result_type, Finish>;

/// Rows for checking that an operation can be finished; never made.
struct rows_archetype {
    int row_count() const;
    int column_count() const;
    oid column_type(int) const;
    std::string_view column_name(int) const;
    cell cell_at(int, int) const;
    std::int64_t affected_rows() const;
};

/// Those of this library are operations: looking at each, three for every record, is not left to the compiler.
template <class Op> inline constexpr bool is_made_here = false;
template <class T, class Finish> inline constexpr bool is_made_here<operation<T, Finish>> = true;

/// Where a worded error was given there is nothing to return; never reached, since that program does not compile.
template <class T> [[noreturn]] T refused() {
    std::terminate();
}

} // namespace detail

/// What an Executor runs.
template <class Op>
concept Operation = detail::is_made_here<Op> || requires(const Op& op, const detail::rows_archetype& rows) {
    typename Op::result_type;
    { op.request() } -> std::same_as<const request&>;
    { op.finish(rows) } -> std::same_as<typename Op::result_type>;
};

/// Finishes an operation on rows that came from anywhere: checks the result's shape, then decodes.
/// For fakes and streams; an Executor over libpq remembers the check for each prepared statement.
template <Operation Op, RowSource Rows>
[[nodiscard]] auto finish_checked(const Op& op, const Rows& rows) -> typename Op::result_type {
    const request& asked = op.request();
    if (asked.shape != nullptr) detail::check_shape(*asked.shape, rows, asked.statement);
    return op.finish(rows);
}

} // namespace pgrepo
