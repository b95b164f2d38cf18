#pragma once

#include <pgrepo/codec/boolean.hpp>
#include <pgrepo/codec/compiled_fields.hpp>
#include <pgrepo/codec/floats.hpp>
#include <pgrepo/codec/integers.hpp>
#include <pgrepo/codec/text.hpp>

namespace pgrepo::detail {
PGREPO_COMPILED_FIELDS()
} // namespace pgrepo::detail
