#pragma once

#include <cstddef>
#include <string_view>

namespace pgrepo {

/// What a mapping says of one column.
struct column {
    std::string_view name{}; ///< as in the database, unquoted
    std::size_t field = 0;   ///< the number of the record's field
    bool key = false;        ///< part of the primary key
    std::size_t key_part =
        0;                  ///< of a key column: its place in primary_key<…>, from 0; a key's values come in this order
    bool generated = false; ///< filled by the database
    bool defaulted = false; ///< may be left out
    bool soft_delete = false; ///< the time of removal
    bool nullable = false;    ///< the field is a std::optional
};

} // namespace pgrepo
