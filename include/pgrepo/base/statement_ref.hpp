#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/base/statement_key.hpp>

#include <cstdint>
#include <source_location>
#include <string_view>

namespace pgrepo {

/// A type's object identifier in PostgreSQL's catalog (pg_type.oid).
using oid = std::uint32_t;

/// A statement on its way to the server: a small plain value, views only. Whoever makes it keeps what it views
/// alive while the call blocks; for statements known when compiled that is the program's read-only data.
struct statement_ref {
    /// The SQL. `text.data()[text.size()]` is zero: libpq takes C strings.
    std::string_view text{};
    /// Text and parameter types in 128 bits; the prepared statement's name is made of it.
    statement_key key{};
    /// One for each placeholder; 0 leaves the type to the server and then the value travels as text.
    array_view<oid> parameter_types{};
    /// For people: logs, errors, statistics. May be empty.
    std::string_view id{};
    /// The user's line that called.
    std::source_location where{};
    /// False: sent unnamed each time, as a text that is not expected again (`unsafe_sql`) should be.
    bool prepare = true;
    /// Of a record with sensitive columns: what the server says of its values is not shown, whatever is asked for.
    bool sensitive = false;
};

/// Encoded parameters in the arrays that libpq takes. Views, valid while the call blocks.
struct parameters_view {
    const char* const* values = nullptr; ///< null: SQL NULL
    const int* lengths = nullptr;        ///< bytes; ignored for text format
    const int* formats = nullptr;        ///< 0 text (zero-terminated), 1 binary
    int count = 0;
};

} // namespace pgrepo
