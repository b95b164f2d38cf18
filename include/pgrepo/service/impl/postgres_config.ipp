#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/service/postgres_config.hpp>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

namespace pgrepo {
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

PGREPO_DECL postgres_config postgres_config::from_env(std::string_view prefix) {
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

PGREPO_DECL void postgres_config::validate() const {
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
