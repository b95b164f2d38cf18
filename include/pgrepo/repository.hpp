#pragma once

// What a file needs that uses repositories, statements and transactions, without the code of pool and connection: it
// compiles faster than with <pgrepo/pgrepo.hpp> (docs/performance.md), which the file that makes the service includes.
// The list is pgrepo.hpp's; its order keeps compile errors short.

// clang-format off
#include <pgrepo/base/version.hpp>

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/result.hpp>

#include <pgrepo/reflect/reflectable.hpp>

#include <pgrepo/reflect/enumerators.hpp>
#include <pgrepo/reflect/fields.hpp>

#include <pgrepo/reflect/struct_check.hpp>

#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/mapping/mapping_check.hpp>
#include <pgrepo/mapping/record.hpp>

#include <pgrepo/mapping/partial.hpp>

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/codec/enumeration.hpp>
#include <pgrepo/codec/row_codec.hpp>

#include <pgrepo/sql/operand.hpp>

#include <pgrepo/sql/criteria.hpp>
#include <pgrepo/sql/query_check.hpp>

#include <pgrepo/contract/checked.hpp>

#include <pgrepo/contract/verbs.hpp>

#include <pgrepo/contract/repository.hpp>

#include <pgrepo/repository/repository_check.hpp>

#include <pgrepo/repository/table_repository.hpp>

#include <pgrepo/service/postgres_service.hpp>
// clang-format on
