#pragma once

// The data path: record → columns → SQL → bind → libpq → decode → record.
//
//   record            a plain struct of yours                            reflect/   its fields and their names
//   → columns         what its mapping says                              mapping/
//   → SQL             a constant in read-only data                       sql/
//   → bind            values into the arrays that libpq takes            codec/
//   → libpq           one round trip on a session of the pool            pq/, service/
//   → decode → record cells into fields, no name looked up               codec/, repository/
//
// Each folder is a floor and includes only itself and lower ones (docs/architecture.md). They are listed bottom up here,
// so that a compile error reaches its sentence through one file. A file that only uses repositories compiles faster with
// <pgrepo/repository.hpp> (docs/performance.md).

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

#include <pgrepo/service/databases.hpp>
#include <pgrepo/service/named_config.hpp>
#include <pgrepo/service/postgres_config.hpp>
#include <pgrepo/service/postgres_service.hpp>
#include <pgrepo/service/service_view.hpp>
#include <pgrepo/service/with_retry.hpp>
#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/pooled_service.hpp>
#endif
// clang-format on
