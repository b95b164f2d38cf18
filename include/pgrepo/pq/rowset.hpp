#pragma once

#include <pgrepo/base/cell.hpp>
#include <pgrepo/base/shared_object.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/pq/handles.hpp>
#include <pgrepo/pq/statement_report.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace pgrepo {

/// The answer to one statement: rows of cells in binary format, owned. Every view taken from it lives as long as it
/// does; it may outlive the connection. Move-only; a moved-from one is empty. One thread at a time; reading the
/// same one from several is fine.
class rowset {
public:
    /// No rows, no columns.
    rowset() noexcept = default;
    explicit rowset(detail::result_handle rows) noexcept : rows_(std::move(rows)) {}
    rowset(detail::result_handle rows, const void* shape, detail::shared_object memory) noexcept
        : rows_(std::move(rows)),
          shape_(shape),
          memory_(std::move(memory)) {}
    // Not in the class: each operation of each repository has a rowset to move and to end.
    PGREPO_DECL rowset(rowset&& other) noexcept;
    PGREPO_DECL rowset& operator=(rowset&& other) noexcept;
    PGREPO_DECL ~rowset();

    [[nodiscard]] int row_count() const noexcept;
    [[nodiscard]] int column_count() const noexcept;
    /// 0 for a column that is not there.
    [[nodiscard]] oid column_type(int column) const noexcept;
    /// Empty for a column that is not there.
    [[nodiscard]] std::string_view column_name(int column) const noexcept;
    /// The value, or NULL. Precondition: row and column exist (libpq prints a notice and this answers NULL otherwise).
    [[nodiscard]] cell cell_at(int row, int column) const noexcept;

    /// Rows that the statement inserted, updated, deleted, selected, …; 0 where the command counts none.
    [[nodiscard]] std::int64_t affected_rows() const noexcept;
    /// What the server says it did: "INSERT 0 1", "SELECT 3", "BEGIN".
    [[nodiscard]] std::string_view command_tag() const noexcept;
    /// Every column came in binary format. True when there is none.
    [[nodiscard]] bool is_binary() const noexcept;

    /// `shape` was remembered by an earlier result of the same prepared statement on the same session: its columns
    /// need no check. Result columns of a prepared statement never change (the server refuses with 0A000 instead).
    /// Always false for a statement that was sent unnamed.
    [[nodiscard]] bool shape_is(const void* shape) const noexcept { return shape != nullptr && shape == shape_; }
    /// Call after the columns were found to fit. A statement read as two shapes keeps the first and checks the other
    /// each time. Never fails; does nothing for a statement that was sent unnamed.
    PGREPO_DECL void remember_shape(const void* shape) noexcept;

    /// For connections: the observer is told when these rows end.
    void report_at_end(detail::report_handle report) noexcept { report_ = std::move(report); }

private:
    detail::result_handle rows_{};
    const void* shape_ = nullptr;
    detail::shared_object memory_{}; // a shape_memory, set only while the slot's memory is empty
    detail::report_handle report_{};
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/rowset.ipp>
#endif
