#pragma once

// The bodies of everything that is no template, compiled once. Define PGREPO_SEPARATE_COMPILATION for the whole build and include this
// header in exactly one source file; only that file then needs libpq's headers.

#if !defined(PGREPO_SEPARATE_COMPILATION)
#error "pgrepo: define PGREPO_SEPARATE_COMPILATION for every file of the build, not only for the one with src.hpp"
#endif

#include <pgrepo/base/impl/deadline.ipp>
#include <pgrepo/base/impl/error.ipp>
#include <pgrepo/base/impl/fork_guard.ipp>
#include <pgrepo/base/impl/shared_object.ipp>
#include <pgrepo/codec/impl/bind.ipp>
#include <pgrepo/codec/impl/bytea.ipp>
#include <pgrepo/codec/impl/compiled_fields.ipp>
#include <pgrepo/codec/impl/decode.ipp>
#include <pgrepo/codec/impl/row_shape.ipp>
#include <pgrepo/codec/impl/uuid_generators.ipp>
#include <pgrepo/contract/impl/checked.ipp>
#include <pgrepo/contract/impl/finish.ipp>
#include <pgrepo/contract/impl/stale_version.ipp>
#include <pgrepo/ops/impl/log_observer.ipp>
#include <pgrepo/pq/impl/cancel_request.ipp>
#include <pgrepo/pq/impl/connecting.ipp>
#include <pgrepo/pq/impl/connection.ipp>
#include <pgrepo/pq/impl/connection_refusals.ipp>
#include <pgrepo/pq/impl/deadline_watch.ipp>
#include <pgrepo/pq/impl/endpoint.ipp>
#include <pgrepo/pq/impl/exchange.ipp>
#include <pgrepo/pq/impl/handles.ipp>
#include <pgrepo/pq/impl/loan.ipp>
#include <pgrepo/pq/impl/pool.ipp>
#include <pgrepo/pq/impl/pool_core.ipp>
#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/impl/pool_keeper.ipp>
#include <pgrepo/pq/impl/pool_lending.ipp>
#include <pgrepo/pq/impl/pool_outage.ipp>
#include <pgrepo/pq/impl/pool_reports.ipp>
#include <pgrepo/pq/impl/pool_returning.ipp>
#include <pgrepo/pq/impl/program_end.ipp>
#include <pgrepo/pq/impl/random_share.ipp>
#include <pgrepo/pq/impl/resolve.ipp>
#include <pgrepo/pq/impl/rowset.ipp>
#include <pgrepo/pq/impl/server_error.ipp>
#include <pgrepo/pq/impl/session_notes.ipp>
#include <pgrepo/pq/impl/session_traces.ipp>
#include <pgrepo/pq/impl/settings.ipp>
#include <pgrepo/pq/impl/shape_memory.ipp>
#include <pgrepo/pq/impl/statement_cache.ipp>
#include <pgrepo/pq/impl/statement_report.ipp>
#include <pgrepo/pq/impl/tls_files.ipp>
#include <pgrepo/pq/impl/wait.ipp>
#include <pgrepo/repository/impl/keyed_rows.ipp>
#include <pgrepo/service/impl/config_reader.ipp>
#include <pgrepo/service/impl/config_url.ipp>
#include <pgrepo/service/impl/config_words.ipp>
#include <pgrepo/service/impl/databases.ipp>
#include <pgrepo/service/impl/env_file.ipp>
#include <pgrepo/service/impl/pooled_service.ipp>
#include <pgrepo/service/impl/postgres_config.ipp>
#include <pgrepo/service/impl/variable_source.ipp>
#include <pgrepo/service/impl/with_retry.ipp>
#include <pgrepo/sql/impl/bind_patch.ipp>
#include <pgrepo/sql/impl/criteria.ipp>
#include <pgrepo/sql/impl/part_columns.ipp>
#include <pgrepo/sql/impl/shape_cache.ipp>
