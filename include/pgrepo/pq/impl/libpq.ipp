#pragma once

// The one place that names libpq's header. Debian keeps it in a folder of its own, which `pg_config --includedir`
// names; a plain -Iinclude finds it there too.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#error "pgrepo: libpq-fe.h was not found; install libpq's development files (Debian: libpq-dev)"
#endif

#if !defined(LIBPQ_HAS_PIPELINING)
#error "pgrepo: this libpq has no pipeline mode; version 14 or later is needed"
#endif
