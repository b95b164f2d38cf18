#pragma once

#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/pool_options.hpp>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
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

namespace detail {

/// Of one pool: the room for its sessions is made at once.
inline constexpr std::uint32_t most_sessions = 10000;

/// Gathers what is wrong with a configuration, so that all of it is said at once.
class config_problems {
public:
    void add(std::string problem) {
        text_ += text_.empty() ? "" : "; ";
        text_ += std::move(problem);
    }
    /// Throws if there is any.
    void raise_if_any(std::string_view what) const {
        if (!text_.empty()) raise(error_kind::configuration, std::string(what) + ": " + text_);
    }

private:
    std::string text_;
};

/// Reads variables of one prefix. What is wrong goes to the problems, what is right into the fields.
class environment_reader {
public:
    environment_reader(std::string_view prefix, config_problems& problems) : prefix_(prefix), problems_(&problems) {}

    /// Empty where it is not set, or set but empty, which is a problem.
    [[nodiscard]] std::optional<std::string> text(std::string_view name, bool required) {
        const std::string variable = prefix_ + "_" + std::string(name);
        const char* value = std::getenv(variable.c_str());
        if (value == nullptr) {
            if (required) problems_->add(variable + " is not set");
            return {};
        }
        if (*value == '\0') {
            problems_->add(variable + " is set but empty; give it a value or unset it");
            return {};
        }
        return std::string(value);
    }
    template <class Int> void number(std::string_view name, Int& field, Int lowest, Int highest) {
        const auto value = text(name, false);
        if (!value) return;
        Int parsed{};
        const char* end = value->data() + value->size();
        const auto [stop, code] = std::from_chars(value->data(), end, parsed);
        if (code != std::errc{} || stop != end || parsed < lowest || parsed > highest)
            problems_->add(prefix_ + "_" + std::string(name) + " is not a whole number from " + std::to_string(lowest) +
                           " to " + std::to_string(highest));
        else
            field = parsed;
    }

private:
    std::string prefix_;
    config_problems* problems_;
};

} // namespace detail

inline postgres_config postgres_config::from_env(std::string_view prefix) {
    detail::config_problems problems;
    detail::environment_reader env(prefix, problems);
    postgres_config config;
    if (auto value = env.text("HOST", true)) config.host = std::move(*value);
    env.number<std::uint16_t>("PORT", config.port, 1, 65535);
    if (auto value = env.text("USER", true)) config.user = std::move(*value);
    if (auto value = env.text("PASSWORD", !config.host.starts_with('/'))) {
        config.password = secret(*value);
        value->assign(value->size(), '\0'); // the copy; what the environment holds is not ours
    }
    if (auto value = env.text("DATABASE", true)) config.database = std::move(*value);
    env.number<std::uint32_t>("POOL_MAX", config.pool_max, 1, detail::most_sessions);
    problems.raise_if_any("the environment does not describe a database");
    return config;
}

inline void postgres_config::validate() const {
    detail::config_problems problems;
    const auto text = [&](std::string_view name, const std::string& value, bool required) {
        if (required && value.empty()) problems.add(std::string(name) + " is empty");
        if (value.find('\0') != value.npos) problems.add(std::string(name) + " holds a zero byte");
    };
    text("host", host, true);
    text("user", user, true);
    text("password", password.reveal(), false);
    text("database", database, true);
    text("application_name", application_name, false);
    text("tls_ca", tls_ca, false);
    if (port == 0) problems.add("port is not from 1 to 65535");
    if (pool_max == 0 || pool_max > detail::most_sessions)
        problems.add("pool_max is not from 1 to " + std::to_string(detail::most_sessions));
    const auto positive = [&](std::string_view name, std::chrono::milliseconds span) {
        if (span.count() <= 0) problems.add(std::string(name) + " is not more than 0 ms");
    };
    positive("connect_timeout", connect_timeout);
    positive("acquire_timeout", acquire_timeout);
    positive("call_timeout", call_timeout);
    problems.raise_if_any("the configuration cannot be used");
}

} // namespace pgrepo
