#pragma once

#include <pgrepo/base/secret.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace pgrepo {

/// How the link to the server is protected.
enum class tls_mode : unsigned char {
    automatic,   ///< verify_full for a network host; none for loopback and unix sockets
    verify_full, ///< encrypted, certificate and host name verified; also on loopback
    off,         ///< plain text; refused for a network host
};

/// One session's settings. Every key is set explicitly: PG* variables and files in the home directory do not count.
struct connection_options {
    std::string host = "localhost"; ///< name, address, or a directory (begins with '/') that holds the unix socket
    std::uint16_t port = 5432;
    std::string user{};
    secret password{};
    std::string database{};
    std::string application_name = "pgrepo";
    tls_mode tls = tls_mode::automatic;
    std::string tls_ca{};                            ///< file with trusted certificates; empty: the system's bundle
    std::chrono::milliseconds connect_timeout{2000}; ///< from the first packet to a session that answers
    std::chrono::milliseconds call_timeout{60000};   ///< for a statement whose call names no deadline
    std::uint16_t statement_cache = 256;             ///< prepared statements kept per session; 0: none
};

} // namespace pgrepo
