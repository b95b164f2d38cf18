#pragma once

#include <pgrepo/sql/bind_patch.hpp>

namespace pgrepo::detail {

PGREPO_DECL shape_mask engaged_fields(array_view<field_writer> writers, const void* const* fields) {
    shape_mask shape = 0;
    for (const field_writer& writer : writers) {
        const void* field = *fields++;
        if (writer.engaged != nullptr) shape |= shape_mask{writer.engaged(field)} << writer.bit;
    }
    return shape;
}

} // namespace pgrepo::detail
