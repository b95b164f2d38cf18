#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/setting_problem.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/service/config_reader.hpp>
#include <pgrepo/service/config_url.hpp>
#include <pgrepo/service/postgres_config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgrepo {
namespace detail {

PGREPO_DECL setting_problems problems_of(const postgres_config& config) {
    setting_problems problems = problems_of(config.connection());
    const auto sessions = [&](std::string_view field, std::uint32_t count, std::uint32_t lowest) {
        if (count < lowest || count > most_sessions)
            problems.push_back(
                {field, "is not from " + std::to_string(lowest) + " to " + std::to_string(most_sessions)});
    };
    sessions("pool_max", config.pool_max, 1);
    sessions("pool_min", config.pool_min, 0);
    if (config.pool_min > config.pool_max)
        problems.push_back({"pool_min", "is more than the pool's maximum, " + std::to_string(config.pool_max)});
    if (config.connect_concurrency == 0 || config.connect_concurrency > most_openings)
        problems.push_back({"connect_concurrency", "is not from 1 to " + std::to_string(most_openings)});
    const auto limit = [&](std::string_view field, std::chrono::milliseconds span, int lowest) {
        if (span.count() < lowest || span.count() > most_milliseconds)
            problems.push_back(
                {field, "is not from " + std::to_string(lowest) + " to " + std::to_string(most_milliseconds) + " ms"});
    };
    limit("acquire_timeout", config.acquire_timeout, 1);
    limit("idle_timeout", config.idle_timeout, 0);
    limit("max_lifetime", config.max_lifetime, 0);
    limit("leak_threshold", config.leak_threshold, 0);
    return problems;
}

} // namespace detail

PGREPO_DECL void postgres_config::validate() const {
    const detail::setting_problems problems = detail::problems_of(*this);
    if (problems.empty()) return;
    std::string text = "the configuration cannot be used";
    for (const auto& problem : problems)
        text.append(&problem == &problems.front() ? ": " : "; ").append(problem.field).append(" ").append(problem.text);
    detail::raise(error_kind::configuration, text);
}

PGREPO_DECL connection_options postgres_config::connection() const {
    connection_options out;
    out.host = host;
    out.port = port;
    out.user = user;
    out.password = password;
    out.database = database;
    out.application_name = application_name;
    out.tls = tls;
    out.tls_ca = tls_ca;
    out.tls_cert = tls_cert;
    out.tls_key = tls_key;
    out.connect_timeout = connect_timeout;
    out.call_timeout = call_timeout;
    out.statement_cache = statement_cache;
    out.schema = schema;
    out.statement_timeout = statement_timeout;
    out.lock_timeout = lock_timeout;
    out.pooler = pooler;
    out.channel_binding = channel_binding;
    out.cancel_in_clear = cancel_in_clear;
    out.other_hosts = other_hosts;
    out.target = target;
    out.ambient = ambient;
    out.error_detail = error_detail;
    out.environment = environment;
    out.allow_unverified_tls_in_production = allow_unverified_tls_in_production;
    return out;
}

PGREPO_DECL pool_options postgres_config::pool() const {
    return {.max = pool_max,
            .acquire_timeout = acquire_timeout,
            .min = pool_min,
            .idle_timeout = idle_timeout,
            .max_uses = max_uses,
            .max_lifetime = max_lifetime,
            .leak_threshold = leak_threshold,
            .max_waiting = max_waiting,
            .connect_concurrency = connect_concurrency,
            .tracer = tracer};
}

PGREPO_DECL postgres_config postgres_config::from_env(std::string_view prefix) {
    return detail::read_config(detail::variable_source(), {std::string(prefix)});
}

PGREPO_DECL postgres_config postgres_config::from_env_file(const std::string& path, std::string_view prefix) {
    return detail::read_config(detail::variable_source(detail::read_env_file(path)), {std::string(prefix)});
}

PGREPO_DECL postgres_config postgres_config::from_url(std::string_view url) {
    return detail::read_url(url);
}

} // namespace pgrepo
