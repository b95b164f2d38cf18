#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/server_error.hpp>
#include <pgrepo/pq/tls_files.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <string_view>
#include <utility>

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
    case tls_mode::insecure_no_verify:
        return true;
    case tls_mode::off:
        return false;
    case tls_mode::automatic:
        break;
    }
    const auto on_a_network = [](const std::string& host) { return !is_unix_socket(host) && !is_loopback(host); };
    return on_a_network(options.host) ||
           std::ranges::any_of(options.other_hosts, [&](const host_port& one) { return on_a_network(one.host); });
}

PGREPO_DECL bool in_production(const connection_options& options) noexcept {
    // Fields may not have been told where the program runs; the process knows.
    const char* app_env = std::getenv("APP_ENV");
    return options.environment == app_environment::production ||
           (app_env != nullptr && std::string_view(app_env) == "production");
}

PGREPO_DECL std::string trusted_certificates(const connection_options& options) {
    return options.tls_ca.empty() ? "/etc/ssl/certs/ca-certificates.crt" : options.tls_ca;
}

PGREPO_DECL std::string describe_endpoint(const connection_options& options) {
    const std::string port = std::to_string(options.port);
    std::string text = options.host.starts_with('/') ? "socket " + escaped(options.host, 200) + "/.s.PGSQL." + port
                                                     : escaped(options.host, 200) + ", port " + port;
    if (const auto more = options.other_hosts.size(); more > 0)
        text += ", or " + std::to_string(more) + (more == 1 ? " other host" : " other hosts");
    return text;
}

PGREPO_DECL void find_host_problems(const connection_options& options, const host_port& one,
                                    setting_problems& problems) {
    const bool socket = is_unix_socket(one.host);
    if (one.host.empty())
        problems.push_back({"host", "is empty"});
    else if (one.host.find('\0') != std::string::npos)
        problems.push_back({"host", "holds a zero byte"});
    else if (one.host.find(',') != std::string::npos) // libpq would read a list of hosts
        problems.push_back({"host", "holds a comma; name one host, and the others in other_hosts"});
    else if (!socket && std::ranges::any_of(one.host, [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
        problems.push_back({"host", "holds a space or a control character; remove it"});
    if (one.port == 0) problems.push_back({"port", "is 0; it must be 1 to 65535"});
    if (options.tls == tls_mode::off && !socket && !is_loopback(one.host) && !one.host.empty())
        problems.push_back({"tls", "is off for a network host, which would show the password and all data to the "
                                   "network; leave it automatic (unset)"});
    if (socket && (options.tls == tls_mode::verify_full || options.tls == tls_mode::insecure_no_verify))
        problems.push_back({"tls", "is asked for, but a unix socket has no TLS; leave it automatic (unset) or name a "
                                   "network host"});
}

/// What travels in the start-up packet. The server cuts names off after 63 bytes, and an application's beyond ASCII.
PGREPO_DECL void find_session_problems(const connection_options& options, setting_problems& problems) {
    const auto text = [&](std::string_view field, std::string_view value, bool required) {
        if (required && value.empty()) problems.push_back({field, "is empty"});
        if (value.find('\0') != std::string_view::npos) problems.push_back({field, "holds a zero byte"});
    };
    text("user", options.user, true);
    text("database", options.database, true);
    text("password", options.password.reveal(), false);
    const auto printable = [](unsigned char c) { return c >= ' ' && c < 0x7f; };
    if (options.application_name.size() > 63 || !std::ranges::all_of(options.application_name, printable))
        problems.push_back(
            {"application_name",
             "is longer than 63 bytes or holds other than printable ASCII, which PostgreSQL would change"});
    text("schema", options.schema, false);
    if (options.schema.size() > 63)
        problems.push_back({"schema", "has more than 63 bytes, which PostgreSQL would cut off"});
    if (options.schema.find(',') != std::string::npos)
        problems.push_back({"schema", "holds a comma; name one schema, and write others before a table's name"});
    if (options.schema == "$user")
        problems.push_back({"schema", "is $user, another schema for each user; name the one that is meant"});
    if (options.tls == tls_mode::insecure_no_verify && options.channel_binding == channel_binding_mode::prefer &&
        (!options.password.empty() || options.ambient))
        problems.push_back({"channel_binding", "is prefer, and the server is not verified, so the password would go to "
                                               "whoever asks for it; leave it at require"});
    const auto limit = [&](std::string_view field, std::chrono::milliseconds span, int lowest) {
        if (span.count() < lowest || span.count() > most_milliseconds)
            problems.push_back(
                {field, "is not from " + std::to_string(lowest) + " to " + std::to_string(most_milliseconds) + " ms"});
    };
    limit("connect_timeout", options.connect_timeout, 1);
    limit("call_timeout", options.call_timeout, 1);
    limit("statement_timeout", options.statement_timeout, 0);
    limit("lock_timeout", options.lock_timeout, 0);
}

PGREPO_DECL setting_problems problems_of(const connection_options& options) {
    setting_problems problems;
    find_host_problems(options, {options.host, options.port}, problems);
    for (const host_port& one : options.other_hosts) find_host_problems(options, one, problems);
    find_session_problems(options, problems);
    find_tls_file_problems(options, problems);
    if (options.tls == tls_mode::insecure_no_verify && in_production(options) &&
        !options.allow_unverified_tls_in_production)
        problems.push_back({"tls", "turns verification off, which lets anybody in the middle read and change "
                                   "everything, and is refused in production; leave it on and name the authority's "
                                   "certificate (tls_ca, SSL_CA), or set allow_unverified_tls_in_production "
                                   "(ALLOW_UNVERIFIED_TLS_IN_PRODUCTION=true) as well"});
    // One sentence for each field and cause, however many hosts it is true of.
    setting_problems said;
    for (setting_problem& problem : problems)
        if (std::ranges::none_of(said, [&](const setting_problem& before) {
                return before.field == problem.field && before.text == problem.text;
            }))
            said.push_back(std::move(problem));
    return said;
}

PGREPO_DECL void check_options(const connection_options& options) {
    const setting_problems problems = problems_of(options);
    if (problems.empty()) return;
    std::string text = "no session can be opened with these settings";
    for (const setting_problem& problem : problems)
        text.append(&problem == &problems.front() ? ": " : "; ").append(problem.field).append(" ").append(problem.text);
    raise(error_kind::configuration, text);
}

} // namespace pgrepo::detail
