#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/oids.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pgrepo {

/// One field of a row as a result has to hold it.
struct expected_column {
    std::string_view name{};       ///< the field's, and the result column's
    std::string_view field_type{}; ///< C++, for messages
    std::string_view reads_type{}; ///< PostgreSQL, for messages
    bool (*reads)(oid) = nullptr;  ///< whether the codec understands a column of that type
    int position = 0;              ///< the result column it is decoded from; -1: found by name at run time
};

/// What a result must look like to be decoded into a row. A constant; its address is its identity.
struct row_shape {
    std::string_view row_type{}; ///< C++, for messages
    std::span<const expected_column> columns{};
    int width = 0;     ///< result columns; -1: any number, fields are found by name
    bool named = true; ///< false: a single value, whose column may have any name
};

/// One column of a result as it came.
struct result_column {
    std::string_view name{};
    oid type = 0;
};

namespace detail {

/// Every difference between what was expected and what came, a line each; empty when it fits. Plain code: runs once
/// for each prepared statement.
PGREPO_COLD inline std::string shape_mismatch(const row_shape& shape, std::span<const result_column> columns) {
    const auto spell = [](oid type) {
        const std::string_view known = oids::type_name(type);
        return known.empty() ? "type with OID " + std::to_string(type) : std::string(known);
    };
    std::string problems;
    const auto add = [&](std::string line) {
        if (!problems.empty()) problems += "; ";
        problems += std::move(line);
    };
    if (shape.width >= 0 && static_cast<std::size_t>(shape.width) != columns.size())
        add("the statement returned " + std::to_string(columns.size()) + " columns where " +
            std::to_string(shape.width) + " were expected");
    for (const expected_column& expected : shape.columns) {
        const result_column* found = nullptr;
        if (expected.position >= 0) {
            if (static_cast<std::size_t>(expected.position) < columns.size())
                found = &columns[static_cast<std::size_t>(expected.position)];
        } else {
            for (const result_column& candidate : columns) {
                if (candidate.name != expected.name) continue;
                if (found)
                    add("two result columns are named \"" + std::string(expected.name) + "\"; give one an alias");
                found = &candidate;
            }
        }
        const std::string label = std::string(expected.name) + " (" + std::string(expected.field_type) + ")";
        if (!found || (shape.named && found->name != expected.name))
            add("no result column for field " + label +
                (found ? ": \"" + std::string(found->name) + "\" is in its place" : ""));
        else if (!expected.reads(found->type))
            add("column \"" + std::string(found->name) + "\" is " + spell(found->type) + ", but field " + label +
                " reads " + std::string(expected.reads_type) + "; change the field's type or cast in the statement");
    }
    return problems;
}

} // namespace detail
} // namespace pgrepo
