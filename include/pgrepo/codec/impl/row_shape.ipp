#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/codec/row_shape.hpp>

#include <utility>

namespace pgrepo::detail {

PGREPO_DECL std::string shape_mismatch(const row_shape& shape, array_view<result_column> columns) {
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

PGREPO_DECL void require_shape(const row_shape& shape, array_view<result_column> columns,
                               const statement_ref& statement) {
    if (const std::string problems = shape_mismatch(shape, columns); !problems.empty())
        raise(error_kind::decode, "the result does not fit " + std::string(shape.row_type) + ": " + problems,
              statement.id, statement.where);
}

} // namespace pgrepo::detail
