#pragma once

// Every codec that comes with the library, one header per family of types.

#include <pgrepo/codec/boolean.hpp>
#include <pgrepo/codec/bytea.hpp>
#include <pgrepo/codec/compiled_fields.hpp>
#include <pgrepo/codec/date.hpp>
#include <pgrepo/codec/floats.hpp>
#include <pgrepo/codec/integers.hpp>
#include <pgrepo/codec/text.hpp>
#include <pgrepo/codec/timestamp.hpp>
#include <pgrepo/codec/timestamptz.hpp>
#include <pgrepo/codec/uuid.hpp>
#include <pgrepo/codec/uuid_generators.hpp>
