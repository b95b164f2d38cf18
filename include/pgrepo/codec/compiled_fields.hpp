#pragma once

// With PGREPO_SEPARATE_COMPILATION the functions that read and send one field are compiled with src.hpp for the types that
// come with the library: else each file with a repository compiles them again, a tenth of what its first one costs.

#include <pgrepo/codec/bind.hpp>
#include <pgrepo/codec/bytea.hpp>
#include <pgrepo/codec/date.hpp>
#include <pgrepo/codec/decode.hpp>
#include <pgrepo/codec/timestamp.hpp>
#include <pgrepo/codec/timestamptz.hpp>
#include <pgrepo/codec/uuid.hpp>

#include <optional>
#include <string>
#include <string_view>

#if defined(PGREPO_SEPARATE_COMPILATION)

#define PGREPO_SENT(Declare, Type) Declare template void parameter_writer::put<Type>(Type const&);
#define PGREPO_READ(Declare, Type)                                                                                     \
    PGREPO_SENT(Declare, Type)                                                                                         \
    PGREPO_SENT(Declare, std::optional<Type>)                                                                          \
    Declare template decoded read_field<Type>(cell, void*);                                                            \
    Declare template decoded read_field<std::optional<Type>>(cell, void*);
#define PGREPO_COMPILED_FIELDS(Declare)                                                                                \
    PGREPO_READ(Declare, bool)                                                                                         \
    PGREPO_READ(Declare, short)                                                                                        \
    PGREPO_READ(Declare, int)                                                                                          \
    PGREPO_READ(Declare, long)                                                                                         \
    PGREPO_READ(Declare, long long)                                                                                    \
    PGREPO_READ(Declare, float)                                                                                        \
    PGREPO_READ(Declare, double)                                                                                       \
    PGREPO_READ(Declare, std::string)                                                                                  \
    PGREPO_READ(Declare, bytea)                                                                                        \
    PGREPO_READ(Declare, uuid)                                                                                         \
    PGREPO_READ(Declare, date)                                                                                         \
    PGREPO_READ(Declare, timestamp)                                                                                    \
    PGREPO_READ(Declare, timestamptz)                                                                                  \
    PGREPO_SENT(Declare, std::string_view)                                                                             \
    PGREPO_SENT(Declare, const char*)

namespace pgrepo::detail {
PGREPO_COMPILED_FIELDS(extern)
} // namespace pgrepo::detail

#endif
