#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/codec/decode.hpp>

#include <concepts>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgrepo {

/// One statement as a value: what to send, with which parameters, and what its rows become. An Executor runs it.
/// Parameters are views: an operation lives no longer than the call that made it.
///
/// `Finish` is called with the rows and the statement and returns a `T`; its `shape` is what the result must look like,
/// or null when no column is read.
template <class T, class Finish, class... Params> class operation {
public:
    /// What running it gives.
    using result_type = T;
    using bound_type = detail::bound_parameters<std::remove_cvref_t<Params>...>;

    constexpr operation(statement_ref statement, std::tuple<Params...> params, Finish finish = {})
        : statement_(statement),
          params_(std::move(params)),
          finish_(std::move(finish)) {}

    [[nodiscard]] const statement_ref& statement() const noexcept { return statement_; }
    /// The parameters encoded, on the caller's stack. Throws `error` kind encode.
    [[nodiscard]] bound_type bind() const {
        return std::apply([this](const auto&... values) { return bound_type(statement_, values...); }, params_);
    }
    /// What the result must look like; null: it is not looked at.
    [[nodiscard]] static constexpr const row_shape* shape() noexcept { return Finish::shape; }
    /// Rows → T. The shape was checked before. Throws `error` kind decode, and what the operation means by its rows
    /// (not_found, too_many_rows).
    template <RowSource Rows> [[nodiscard]] T finish(const Rows& rows) const { return finish_(rows, statement_); }

private:
    statement_ref statement_;
    std::tuple<Params...> params_;
    [[no_unique_address]] Finish finish_;
};

namespace detail {

/// Rows for checking that an operation can be finished; never made.
struct rows_archetype {
    int row_count() const;
    int column_count() const;
    oid column_type(int) const;
    std::string_view column_name(int) const;
    cell cell_at(int, int) const;
    std::int64_t affected_rows() const;
};

/// Where a worded error was given there is nothing to return; never reached, since that program does not compile.
template <class T> [[noreturn]] T refused() {
    std::terminate();
}

} // namespace detail

/// What an Executor runs.
template <class Op>
concept Operation = requires(const Op& op, const detail::rows_archetype& rows) {
    typename Op::result_type;
    { op.statement() } -> std::convertible_to<const statement_ref&>;
    { op.bind().view() } -> std::convertible_to<parameters_view>;
    { op.shape() } -> std::convertible_to<const row_shape*>;
    { op.finish(rows) } -> std::convertible_to<typename Op::result_type>;
};

/// Finishes an operation on rows that came from anywhere: checks the result's shape, then decodes.
/// For fakes and streams; an Executor over libpq remembers the check for each prepared statement.
template <Operation Op, RowSource Rows>
[[nodiscard]] auto finish_checked(const Op& op, const Rows& rows) -> typename Op::result_type {
    if (op.shape()) detail::check_shape(*op.shape(), rows, op.statement());
    return op.finish(rows);
}

} // namespace pgrepo
