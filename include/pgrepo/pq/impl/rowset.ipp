#pragma once

#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/impl/shape_memory.ipp>
#include <pgrepo/pq/rowset.hpp>

#include <charconv>
#include <cstring>

namespace pgrepo {

// libpq answers 0 or null for a null result, so an empty rowset needs no branch of its own.

PGREPO_DECL rowset::rowset(rowset&& other) noexcept = default;
PGREPO_DECL rowset& rowset::operator=(rowset&& other) noexcept = default;
PGREPO_HOT PGREPO_DECL rowset::~rowset() = default;

PGREPO_DECL int rowset::row_count() const noexcept {
    return PQntuples(rows_.get());
}

PGREPO_DECL int rowset::column_count() const noexcept {
    return PQnfields(rows_.get());
}

PGREPO_DECL oid rowset::column_type(int column) const noexcept {
    return column < 0 || column >= column_count() ? oid{0} : PQftype(rows_.get(), column);
}

PGREPO_DECL std::string_view rowset::column_name(int column) const noexcept {
    if (column < 0 || column >= column_count()) return {};
    const char* name = PQfname(rows_.get(), column);
    return name == nullptr ? std::string_view{} : std::string_view{name};
}

PGREPO_DECL cell rowset::cell_at(int row, int column) const noexcept {
    const int length = PQgetlength(rows_.get(), row, column);
    // Only an empty value can be NULL, so most cells are spared the third call.
    if (length <= 0 && PQgetisnull(rows_.get(), row, column) != 0) return {};
    return {PQgetvalue(rows_.get(), row, column), static_cast<std::size_t>(length)};
}

PGREPO_DECL std::int64_t rowset::affected_rows() const noexcept {
    // PQcmdTuples takes a mutable pointer but only reads (libpq 15, fe-exec.c).
    const char* text = PQcmdTuples(rows_.get());
    std::int64_t count = 0;
    std::from_chars(text, text + std::strlen(text), count);
    return count;
}

PGREPO_DECL std::string_view rowset::command_tag() const noexcept {
    const char* tag = PQcmdStatus(rows_.get());
    return tag == nullptr ? std::string_view{} : std::string_view{tag};
}

PGREPO_DECL bool rowset::is_binary() const noexcept {
    return column_count() == 0 || PQbinaryTuples(rows_.get()) != 0;
}

PGREPO_DECL void rowset::remember_shape(const void* shape) noexcept {
    if (memory_) detail::shape_memory::in(memory_).store(shape, std::memory_order_relaxed);
    shape_ = shape;
}

} // namespace pgrepo
