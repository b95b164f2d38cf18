#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/server_error.hpp>

#include <unistd.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <string_view>
#include <system_error>

namespace pgrepo::detail {

PGREPO_DECL bool is_unix_socket(const std::string& host) noexcept {
    return host.starts_with('/') || host.starts_with('@');
}

PGREPO_DECL bool is_numeric(const std::string& host) noexcept {
    in6_addr address{}; // room for either version
    return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

PGREPO_DECL bool is_loopback(const std::string& host) noexcept {
    if (host == "localhost") return true;
    in_addr four{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127U;
    in6_addr six{};
    return inet_pton(AF_INET6, host.c_str(), &six) == 1 && std::memcmp(&six, &in6addr_loopback, sizeof six) == 0;
}

PGREPO_DECL bool wants_tls(const connection_options& options) noexcept {
    switch (options.tls) {
    case tls_mode::verify_full:
        return true;
    case tls_mode::off:
        return false;
    case tls_mode::automatic:
        break;
    }
    return !is_unix_socket(options.host) && !is_loopback(options.host);
}

PGREPO_DECL std::string trusted_certificates(const connection_options& options) {
    return options.tls_ca.empty() ? "/etc/ssl/certs/ca-certificates.crt" : options.tls_ca;
}

PGREPO_DECL std::string describe_endpoint(const connection_options& options) {
    const std::string port = std::to_string(options.port);
    if (options.host.starts_with('/')) return "socket " + escaped(options.host, 200) + "/.s.PGSQL." + port;
    return escaped(options.host, 200) + ", port " + port;
}

PGREPO_DECL void check_options(const connection_options& options) {
    std::string problems;
    const auto problem = [&](std::string_view text) { problems.append(problems.empty() ? "" : "; ").append(text); };
    const auto text = [&](std::string_view name, std::string_view value, bool required) {
        if (required && value.empty()) problem(std::string(name) + " is empty");
        if (value.find('\0') != std::string_view::npos) problem(std::string(name) + " holds a zero byte");
    };
    text("host", options.host, true);
    text("user", options.user, true);
    text("database", options.database, true);
    text("password", options.password.reveal(), false);
    text("application_name", options.application_name, false);
    text("tls_ca", options.tls_ca, false);
    if (options.port == 0) problem("port is 0; it must be 1 to 65535");
    // libpq would read a comma as a list of hosts
    if (options.host.find(',') != std::string::npos) problem("host holds a comma; name one host");
    const bool local = is_unix_socket(options.host) || is_loopback(options.host);
    if (options.tls == tls_mode::off && !local && !options.host.empty())
        problem("tls is off for a network host, which would show the password and all data to the network; leave it "
                "automatic");
    if (options.tls == tls_mode::verify_full && is_unix_socket(options.host))
        problem("tls is verify_full, but a unix socket has no TLS; leave it automatic or name a network host");
    if (wants_tls(options) && !is_unix_socket(options.host)) {
        const std::string file = trusted_certificates(options);
        if (::access(file.c_str(), R_OK) != 0)
            problem("the file with trusted certificates, " + escaped(file, 200) +
                    ", cannot be read: " + std::generic_category().message(errno) +
                    (options.tls_ca.empty() ? "; install ca-certificates or set tls_ca" : "; check tls_ca"));
    }
    if (!problems.empty())
        raise(error_kind::configuration, "no session can be opened with these settings: " + problems);
}

} // namespace pgrepo::detail
