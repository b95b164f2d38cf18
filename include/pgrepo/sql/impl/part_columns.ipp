#pragma once

#include <pgrepo/sql/part_columns.hpp>

namespace pgrepo::detail {

PGREPO_DECL void put_fields(parameter_writer& to, array_view<field_writer> writers, const void* const* fields,
                            bool version) {
    for (const field_writer& writer : writers) {
        const void* field = *fields++;
        if (writer.put != nullptr && writer.version == version && (writer.engaged == nullptr || writer.engaged(field)))
            writer.put(to, field);
    }
}

} // namespace pgrepo::detail
