#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/setting_problem.hpp>

#include <string>

namespace pgrepo::detail {

/// The host is a unix socket: a directory ('/…') or a name in Linux's abstract space ('@…').
[[nodiscard]] bool is_unix_socket(const std::string& host) noexcept;
/// The host is an address in digits, version 4 or 6.
[[nodiscard]] bool is_numeric(const std::string& host) noexcept;
/// The host cannot leave this machine: "localhost" (which is never looked up here), 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback(const std::string& host) noexcept;
/// The session is to be encrypted: asked for, or the host, or one of the others, is on a network.
[[nodiscard]] bool wants_tls(const connection_options& options) noexcept;
/// The program runs in production, as the options or APP_ENV say.
[[nodiscard]] bool in_production(const connection_options& options) noexcept;
/// The file with trusted certificates: the configured one, or the system's bundle.
[[nodiscard]] std::string trusted_certificates(const connection_options& options);
/// For messages: `db.example.org, port 5432`, or the path of the socket. Control characters escaped.
[[nodiscard]] std::string describe_endpoint(const connection_options& options);

/// Every setting that no session can be opened with: empty, with a zero byte or out of range, plain text to a network
/// host, TLS on a unix socket, TLS files that cannot be used, an unverified mode in production. Fields are named as in
/// `connection_options`.
[[nodiscard]] setting_problems problems_of(const connection_options& options);
/// Throws `error` configuration that lists `problems_of(options)`, where there are any.
void check_options(const connection_options& options);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/endpoint.ipp>
#endif
