#pragma once

#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/pool_options.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgrepo {

/// Where the database is and how it is used. Plain fields with defaults; `postgres_service` validates them.
struct postgres_config {
    std::string host = "localhost"; ///< name, address, or the directory of a unix socket
    std::uint16_t port = 5432;
    std::string user{};
    secret password{};
    std::string database{};
    std::string application_name = "pgrepo";
    std::uint32_t pool_max = 10; ///< sessions at most; 1 to 10000

    tls_mode tls = tls_mode::automatic; ///< verify_full for a network host, none for loopback and unix sockets
    std::string tls_ca{};               ///< file with trusted certificates; empty: the system's bundle

    std::chrono::milliseconds connect_timeout{2000};  ///< to open one session
    std::chrono::milliseconds acquire_timeout{60000}; ///< to wait for a session of the pool
    std::chrono::milliseconds call_timeout{60000};    ///< for a call that names no deadline
    std::uint16_t statement_cache = 256;              ///< prepared statements kept per session

    pgrepo::observer* observer = nullptr; ///< told what happens; outlives the service

    /// Reads PREFIX_HOST, PREFIX_PORT (1 to 65535; 5432), PREFIX_USER, PREFIX_PASSWORD, PREFIX_DATABASE and
    /// PREFIX_POOL_MAX (1 to 10000; 10). A password may be missing for a unix socket only. Set but empty is a problem.
    /// Throws one `error` of kind configuration that lists every problem with its variable, and never a value.
    /// Not to be called while another thread changes the environment.
    [[nodiscard]] static postgres_config from_env(std::string_view prefix = "POSTGRES");

    /// Throws one `error` of kind configuration that lists every field that cannot be.
    void validate() const;

    [[nodiscard]] connection_options connection() const {
        return {.host = host,
                .port = port,
                .user = user,
                .password = password,
                .database = database,
                .application_name = application_name,
                .tls = tls,
                .tls_ca = tls_ca,
                .connect_timeout = connect_timeout,
                .call_timeout = call_timeout,
                .statement_cache = statement_cache};
    }
    [[nodiscard]] pool_options pool() const { return {.max = pool_max, .acquire_timeout = acquire_timeout}; }
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/postgres_config.ipp>
#endif
