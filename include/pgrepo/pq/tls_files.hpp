#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/setting_problem.hpp>

namespace pgrepo::detail {

/// Adds what is wrong with the files that a session with TLS needs, by name and reason and never by content: missing,
/// not readable, a directory, empty, without a certificate or key in it, a key that others may read or that needs a
/// passphrase, a certificate without key. Whether they fit together, and are still valid, OpenSSL says at the connect.
/// Files of sessions without TLS are looked at as well where they are named, so that a typing error does not wait.
void find_tls_file_problems(const connection_options& options, setting_problems& problems);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/tls_files.ipp>
#endif
