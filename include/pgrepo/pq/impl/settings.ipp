#pragma once

#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/settings.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace pgrepo::detail {

/// One "-c name=value" of the start-up packet's options, where a space ends a word and a backslash takes its meaning
/// away. Source: PostgreSQL manual, 54.7 "StartupMessage".
PGREPO_DECL void append_session_option(std::string& options, std::string_view option_name, std::string_view value) {
    options.append(options.empty() ? "-c " : " -c ").append(option_name).append("=");
    for (const char c : value) {
        // what isspace() knows in the server
        if (c == '\\' || c == ' ' || (c >= '\t' && c <= '\r')) options += '\\';
        options += c;
    }
}

PGREPO_DECL std::string session_options(const connection_options& options) {
    std::string out;
    // A pooler's session belongs to nobody for longer than a transaction; most refuse the keyword.
    if (options.pooler == pooler_mode::transaction) return out;
    if (!options.schema.empty()) {
        std::string quoted = "\"";
        for (const char c : options.schema) quoted.append(c == '"' ? 2 : 1, c);
        append_session_option(out, "search_path", quoted += '"');
    }
    const auto limit = [&](std::string_view option_name, std::chrono::milliseconds span) {
        if (span.count() > 0) append_session_option(out, option_name, std::to_string(span.count()));
    };
    limit("statement_timeout", options.statement_timeout);
    limit("lock_timeout", options.lock_timeout);
    return out;
}

PGREPO_DECL std::string_view target_word(session_target target) noexcept {
    switch (target) {
    case session_target::any:
        break;
    case session_target::read_write:
        return "read-write";
    case session_target::read_only:
        return "read-only";
    case session_target::primary:
        return "primary";
    case session_target::standby:
        return "standby";
    case session_target::prefer_standby:
        return "prefer-standby";
    }
    return "any";
}

PGREPO_DECL settings::settings(const connection_options& options, const std::vector<std::string>& addresses) {
    // No such file: libpq then goes without, where an empty value would send it to the home directory.
    static constexpr const char* no_file = "/nonexistent/pgrepo";
    const auto is_set = [](const char* variable) {
        const char* value = std::getenv(variable);
        return value != nullptr && *value != '\0';
    };
    const auto repeated = [](const std::string& text, std::size_t times) {
        std::string out = text;
        for (std::size_t i = 1; i < times; ++i) out.append(",").append(text);
        return out;
    };

    std::size_t hosts = std::max<std::size_t>(addresses.size(), 1);
    if (!addresses.empty()) {
        std::string list;
        for (const std::string& address : addresses) list.append(list.empty() ? "" : ",").append(address);
        add("hostaddr", std::move(list));
    } else if (is_set("PGHOSTADDR")) {
        // It would turn the socket into a TCP address. Two empty entries are a value, and need two hosts.
        add("hostaddr", ",");
        hosts = 2;
    }
    add("host", repeated(options.host, hosts));
    add("port", repeated(std::to_string(options.port), hosts));
    add("user", options.user);
    add("dbname", options.database);
    if (!options.password.empty())
        add_view("password", options.password.reveal().c_str());
    else if (!options.ambient && is_set("PGPASSWORD"))
        add("password", " "); // a wrong one rather than somebody else's
    if (!options.ambient) add("passfile", no_file);
    add("application_name", options.application_name.empty() ? std::string("pgrepo") : options.application_name);
    add("client_encoding", "UTF8");
    if (std::string at_start = session_options(options); !at_start.empty())
        add("options", std::move(at_start));
    else if (is_set("PGOPTIONS"))
        add("options", " ");     // only then: poolers refuse the keyword
    add("connect_timeout", "0"); // ours is the deadline of the wait
    add("target_session_attrs", std::string(target_word(options.target)));
    // Dead links: with nothing in flight the keepalives find them (about a minute), with unacknowledged data the
    // user timeout does. Either alone misses the other's case.
    add("keepalives", "1");
    add("keepalives_idle", "30");
    add("keepalives_interval", "10");
    add("keepalives_count", "3");
    add("tcp_user_timeout", "60000");
    add("gssencmode", "disable");
    const bool tls = wants_tls(options);
    const bool verified = options.tls != tls_mode::insecure_no_verify;
    // "require" makes libpq answer nothing but SCRAM that is bound to this very TLS connection: neither a request for
    // the password itself nor for its MD5 is.
    const bool has_password = !options.password.empty() || options.ambient;
    const bool bound = tls && has_password && (options.channel_binding == channel_binding_mode::automatic || !verified);
    add("channel_binding", bound ? "require" : "prefer");
    add("sslmode", !tls ? "disable" : verified ? "verify-full" : "require");
    // With a file there, "require" would verify after all, and nobody would know what.
    add("sslrootcert", tls && verified ? trusted_certificates(options) : no_file);
    const bool shows_certificate = tls && !options.tls_cert.empty();
    const bool finds_certificate = tls && options.ambient && !shows_certificate;
    if (!finds_certificate) {
        add("sslcert", shows_certificate ? options.tls_cert : no_file);
        add("sslkey", shows_certificate ? options.tls_key : no_file);
    }
    if (!options.ambient) {
        add("sslcrl", no_file);
        add("sslcrldir", no_file);
    }
    add("sslcompression", "0");
    add("sslsni", "1");
    add("ssl_min_protocol_version", "TLSv1.2");
    add("ssl_max_protocol_version", "TLSv1.3");

    // Keywords that not every build or version has.
    struct known_closer {
        void operator()(PQconninfoOption* known) const noexcept { PQconninfoFree(known); }
    };
    const std::unique_ptr<PQconninfoOption, known_closer> known(PQconninfoParse("", nullptr));
    const auto add_if_known = [&](const char* option_name, const char* value) {
        for (const PQconninfoOption* option = known.get(); option != nullptr && option->keyword != nullptr; ++option)
            if (std::string_view(option->keyword) == option_name) return add(option_name, value);
    };
    add_if_known("krbsrvname", "postgres");
    add_if_known("load_balance_hosts", "disable");
    add_if_known("sslcertmode", shows_certificate || finds_certificate ? "allow" : "disable");
    add_if_known("sslnegotiation", "postgres");

    keywords_.push_back(nullptr);
    values_.push_back(nullptr);
}

PGREPO_DECL void settings::add(const char* option_name, std::string value) {
    texts_.push_back(std::move(value));
    add_view(option_name, texts_.back().c_str());
}

PGREPO_DECL void settings::add_view(const char* option_name, const char* value) {
    keywords_.push_back(option_name);
    values_.push_back(value);
}

PGREPO_DECL std::string settings::unavoidable() {
    std::string out;
    for (const char* variable : {"PGTZ", "PGDATESTYLE", "PGGEQO"})
        if (std::getenv(variable) != nullptr) out.append(out.empty() ? "" : ", ").append(variable);
    return out;
}

PGREPO_DECL int settings::libpq_version() noexcept {
    return PQlibVersion();
}

PGREPO_DECL std::string settings::faults_of_libpq(int version) {
    // The minor release of each that mends CVE-2025-12818 (sizes that overflow) and all before it.
    static constexpr struct {
        int major, minor;
    } sound[] = {{13, 23}, {14, 20}, {15, 15}, {16, 11}, {17, 7}, {18, 1}};
    const int major = version / 10000;
    const int minor = version % 10000;
    const bool forsaken = major < sound[0].major; // mended no more
    int wanted = 0;
    for (const auto& each : sound)
        if (each.major == major) wanted = each.minor;
    if (!forsaken && minor >= wanted) return {};
    std::string text = "this libpq, " + std::to_string(major) + "." + std::to_string(major < 10 ? minor / 100 : minor) +
                       ", has faults that a server can use against the program (CVE-2025-12818 and older); install ";
    if (forsaken)
        text += "a release that is still mended, 15.15 or 18.1 for example";
    else
        text += std::to_string(major) + "." + std::to_string(wanted) + " or newer";
    return text;
}

} // namespace pgrepo::detail
