#pragma once

#include <pgrepo/base/secret.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace pgrepo {

/// How the link to the server is protected.
enum class tls_mode : unsigned char {
    automatic,   ///< verify_full for a network host; none for loopback and unix sockets
    verify_full, ///< encrypted, certificate and host name verified; also on loopback
    off,         ///< plain text; refused for a network host
    /// Encrypted, but with whoever answers: anybody in the middle reads and changes everything. Warned of at each
    /// connect, and refused in production. A password is still given only to a server that proves to know it (SCRAM with channel binding).
    insecure_no_verify,
};

/// Whether the proof of the password is tied to the TLS connection, so that nobody in the middle can pass it on.
enum class channel_binding_mode : unsigned char {
    automatic, ///< required wherever a password is used over TLS; the server must use scram-sha-256
    prefer,    ///< used where the server offers it: for a verified server with MD5 or cleartext passwords, or a proxy
};

/// Which server of several is wanted. The server is asked while the session is opened.
enum class session_target : unsigned char {
    any,
    read_write,     ///< takes writes: neither a standby nor read-only by default
    read_only,      ///< the opposite
    primary,        ///< not a standby
    standby,        ///< a hot standby
    prefer_standby, ///< a standby if there is one, else any
};

/// What stands between this program and the server.
enum class pooler_mode : unsigned char {
    none,        ///< a session of ours is a session of the server
    transaction, ///< PgBouncer or its like, which may change the server's session after each transaction
};

/// What the program is run for: APP_ENV. In production, what lays open more than it should is refused or warned of.
enum class app_environment : unsigned char { development, production };

/// One more server to try.
struct host_port {
    std::string host{};
    std::uint16_t port = 5432;

    friend bool operator==(const host_port&, const host_port&) = default;
};

/// One session's settings. Every key is set explicitly: PG* variables and files in the home directory do not count, but by
/// `ambient`.
struct connection_options {
    std::string host = "localhost"; ///< name, address, or a directory (begins with '/') that holds the unix socket
    std::uint16_t port = 5432;
    std::string user{};
    secret password{};
    std::string database{};
    std::string application_name = "pgrepo";
    tls_mode tls = tls_mode::automatic;
    std::string tls_ca{};                            ///< file with trusted certificates; empty: the system's bundle
    std::string tls_cert{};                          ///< file with the client's certificate; empty: none is shown
    std::string tls_key{};                           ///< file with its key, not encrypted, for the owner's eyes only
    std::chrono::milliseconds connect_timeout{2000}; ///< from the first packet to a session that answers
    std::chrono::milliseconds call_timeout{60000};   ///< for a statement whose call names no deadline
    std::uint16_t statement_cache = 256;             ///< prepared statements kept per session; 0: none
    /// The one schema on the search path, set as the session starts; empty: what the server has for the role.
    std::string schema = "public";
    std::chrono::milliseconds statement_timeout{0}; ///< the server stops a statement after it; 0: none of ours
    std::chrono::milliseconds lock_timeout{0};      ///< the server stops waiting for a lock after it; 0: none of ours
    pooler_mode pooler = pooler_mode::none;
    channel_binding_mode channel_binding = channel_binding_mode::automatic;
    /// An encrypted session's cancel may be sent in the clear where libpq (before 17) cannot do better. Whoever reads it
    /// learns a secret that cancels this one session, which is closed; unset, such a statement runs on.
    bool cancel_in_clear = false;
    std::vector<host_port> other_hosts{}; ///< tried in this order after `host`, all within `connect_timeout`
    session_target target = session_target::any;
    /// What is empty here may come from where libpq looks: the password from PGPASSWORD or ~/.pgpass, the client's certificate
    /// and key and revocation lists from ~/.postgresql.
    bool ambient = false;
    /// Errors carry the server's message as it is, its DETAIL and its HINT, which quote values and whole rows. Not for
    /// statements of a record with sensitive columns. Warned of at each connect in production.
    bool error_detail = false;
    /// In production `tls_mode::insecure_no_verify` is refused. What the environment variable APP_ENV says counts as well.
    app_environment environment = app_environment::development;
    bool allow_unverified_tls_in_production = false; ///< the second, loud yes that `insecure_no_verify` needs there
};

} // namespace pgrepo
