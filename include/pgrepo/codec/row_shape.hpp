#pragma once

#include <pgrepo/base/array_view.hpp>
#include <pgrepo/base/config.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/codec.hpp>
#include <pgrepo/codec/oids.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace pgrepo {

/// One field of a row as a result has to hold it.
struct expected_column {
    std::string_view name{};       ///< the field's, and the result column's
    std::string_view field_type{}; ///< C++, for messages
    std::string_view reads_type{}; ///< PostgreSQL, for messages
    bool (*reads)(oid) = nullptr;  ///< whether the codec understands a column of that type
    /// Reads a cell, NULL or not, into the field, whose type it knows.
    decoded (*read)(cell from, void* field) = nullptr;
    int position = 0; ///< the result column it is decoded from; -1: found by name at run time
};

/// What a result must look like to be decoded into a row. A constant; its address is its identity.
struct row_shape {
    std::string_view row_type{}; ///< C++, for messages
    array_view<expected_column> columns{};
    int width = 0;     ///< result columns; -1: any number, fields are found by name
    bool named = true; ///< false: a single value, whose column may have any name
};

/// One column of a result as it came.
struct result_column {
    std::string_view name{};
    oid type = 0;
};

namespace detail {

/// Every difference between what was expected and what came; empty when it fits. Runs once for each prepared statement.
PGREPO_COLD PGREPO_DECL std::string shape_mismatch(const row_shape& shape, array_view<result_column> columns);

/// Throws `decode` where `shape_mismatch` says anything.
PGREPO_COLD PGREPO_DECL void require_shape(const row_shape& shape, array_view<result_column> columns,
                                           const statement_ref& statement);

} // namespace detail
} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/codec/impl/row_shape.ipp>
#endif
