#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/pool_options.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgrepo {

/// Where the database is and how it is used. Plain fields with defaults; `postgres_service` validates them.
/// Each field's variable, range and effect: docs/configuration.md.
struct postgres_config {
    std::string host = "localhost"; ///< name, address, or the directory of a unix socket
    std::uint16_t port = 5432;
    std::vector<host_port> other_hosts{};        ///< tried in this order after `host`, all within `connect_timeout`
    session_target target = session_target::any; ///< which of the servers is wanted
    std::string user{};
    secret password{};
    std::string database{};
    std::string schema = "public"; ///< the one schema on the search path; empty: what the server has for the role
    std::string application_name = "pgrepo";

    std::uint32_t pool_max = 10;                     ///< sessions at most; 1 to 10000
    std::uint32_t pool_min = 0;                      ///< sessions kept open
    std::chrono::milliseconds idle_timeout{30000};   ///< an idle session beyond `pool_min` is closed; 0: never
    std::uint32_t max_uses = 7500;                   ///< a session is replaced after so many loans; 0: never
    std::chrono::milliseconds max_lifetime{1800000}; ///< and when it is so old, a quarter more or less; 0: never
    std::chrono::milliseconds leak_threshold{30000}; ///< a session lent for longer is reported; 0: never
    std::uint32_t max_waiting = 10000;               ///< calls that wait for one at once; further ones fail
    std::uint32_t connect_concurrency = 2;           ///< sessions opened at once; 1 to 64
    const stack_tracer* tracer = nullptr;            ///< takes the stack of each borrower; outlives the service

    tls_mode tls = tls_mode::automatic; ///< verify_full for a network host, none for loopback and unix sockets
    std::string tls_ca{};               ///< file with trusted certificates; empty: the system's bundle
    std::string tls_cert{};             ///< file with the client's certificate; empty: none is shown
    std::string tls_key{};              ///< file with its key, not encrypted, for the owner's eyes only
    channel_binding_mode channel_binding = channel_binding_mode::automatic;
    bool cancel_in_clear = false; ///< with libpq before 17: a cancel of an encrypted session may go in the clear
    app_environment environment = app_environment::development;
    bool allow_unverified_tls_in_production = false; ///< the second, loud yes that `insecure_no_verify` needs there

    std::chrono::milliseconds connect_timeout{2000};  ///< to open one session
    std::chrono::milliseconds acquire_timeout{60000}; ///< to wait for a session of the pool
    std::chrono::milliseconds call_timeout{60000};    ///< for a call that names no deadline
    std::chrono::milliseconds statement_timeout{0};   ///< the server stops a statement after it; 0: none of ours
    std::chrono::milliseconds lock_timeout{0};        ///< the server stops waiting for a lock; 0: none of ours
    std::uint16_t statement_cache = 256;              ///< prepared statements kept per session; 0: none
    /// `transaction`: no named statements, and nothing set for the session: `schema`, `statement_timeout` and
    /// `lock_timeout` do not count then (set them for the role).
    pooler_mode pooler = pooler_mode::none;

    /// Errors carry the server's message, DETAIL and HINT, which quote values and whole rows: for development. Not for
    /// statements of a record with sensitive columns.
    bool error_detail = false;

    /// What libpq finds in PG* variables and in the home directory counts where a field is empty: the password
    /// (PGPASSWORD, ~/.pgpass), the client's certificate and revocation lists (~/.postgresql). `from_env` then also reads
    /// PGHOST and others (docs/configuration.md).
    bool ambient = false;

    pgrepo::observer* observer = nullptr; ///< told what happens; outlives the service

    /// Reads PREFIX_HOST, PREFIX_PORT and all others of docs/configuration.md, and APP_ENV. Required: host, user,
    /// database, and a password but for a unix socket or with a client certificate. Set but empty is a problem.
    /// Then checks all of it as `validate` does, the TLS files included.
    /// Throws one `error` of kind configuration that lists every problem with its variable, and never a secret.
    /// Not to be called while another thread changes the environment.
    [[nodiscard]] static postgres_config from_env(std::string_view prefix = "POSTGRES");

    /// As `from_env`, with a .env file behind the environment: a variable that the environment does not set, APP_ENV
    /// included, is looked for there. The syntax stands in docs/configuration.md. Throws besides, as one `error` of kind
    /// configuration, that the file cannot be read, or every line that is not understood, by number.
    [[nodiscard]] static postgres_config from_env_file(const std::string& path, std::string_view prefix = "POSTGRES");

    /// Reads postgresql://user:password@host:port/database?parameter=value, also with a list of hosts, percent-encoded as
    /// libpq has it, and understood as libpq does. Parameters: host, port, user, password, dbname, application_name,
    /// connect_timeout (seconds), sslmode (verify-full, disable), sslrootcert, sslcert, sslkey, target_session_attrs,
    /// channel_binding; no other, and nothing twice. What it leaves out keeps its default; no variable is read.
    /// Throws one `error` of kind configuration that lists every problem of the URL's form, and never a part of it. Fields
    /// are checked by `validate`, files too.
    [[nodiscard]] static postgres_config from_url(std::string_view url);

    /// Throws one `error` of kind configuration that lists every field that cannot be. Reads the TLS files named, and, for an
    /// unverified TLS mode, APP_ENV beside `environment`.
    void validate() const;

    /// What a session of it is opened with.
    [[nodiscard]] connection_options connection() const;
    /// What its pool is made with.
    [[nodiscard]] pool_options pool() const;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/postgres_config.ipp>
#endif
