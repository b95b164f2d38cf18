#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/service/config_reader.hpp>
#include <pgrepo/service/impl/config_words.ipp>
#include <pgrepo/service/postgres_config.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace pgrepo::detail {

inline constexpr std::pair<std::string_view, app_environment> app_environments[] = {
    {"development", app_environment::development}, {"production", app_environment::production}};

/// Reads variables into fields, and remembers which variable each field came from: that is what a problem is told by.
class config_reader {
public:
    config_reader(const variable_source& source, const std::vector<std::string>& prefixes)
        : source_(&source),
          prefixes_(&prefixes) {}

    /// Nothing where it is not set, or set but empty, which is a problem.
    std::optional<secret> value(std::string_view field, std::string_view suffix) {
        entry& found = entries_.emplace_back(entry{field, {}, false});
        for (const std::string& prefix : *prefixes_) {
            std::string variable = prefix + "_" + std::string(suffix);
            std::optional<secret> text = source_->find(variable);
            found.variable = std::move(variable);
            if (!text) continue;
            if (!text->empty()) return text;
            refuse(field, "is set but empty; give it a value or unset it");
            return {};
        }
        return ambient_ ? ambient_value(field, suffix) : std::nullopt;
    }
    /// From here on a variable of libpq's counts where there is none of ours.
    void use_ambient() noexcept { ambient_ = true; }
    /// The problem is told by the variable that holds, or might hold, the field.
    void refuse(std::string_view field, std::string_view text) {
        entry& found = at(field);
        found.refused = true;
        add(found.variable, text);
    }
    void text(std::string_view field, std::string_view suffix, std::string& into) {
        if (const auto found = value(field, suffix)) into = found->reveal();
    }
    void required(std::string_view field, std::string_view suffix, std::string& into) {
        if (const auto found = value(field, suffix))
            into = found->reveal();
        else
            missing(field, suffix);
    }
    /// Unless it is set but empty, which is said already.
    void missing(std::string_view field, std::string_view suffix) {
        if (at(field).refused) return;
        std::string names;
        for (const std::string& prefix : *prefixes_)
            names.append(names.empty() ? "" : " (or ").append(prefix).append("_").append(suffix);
        for (std::size_t i = 1; i < prefixes_->size(); ++i) names += ")";
        at(field).refused = true;
        add(names, "is not set");
    }
    template <class Int>
    void number(std::string_view field, std::string_view suffix, Int& into, Int lowest, Int highest,
                std::string_view unit = "") {
        const auto found = value(field, suffix);
        if (!found) return;
        if (const auto parsed = whole_number<Int>(found->reveal(), lowest, highest))
            into = *parsed;
        else
            refuse(field, std::string("is not a whole number ")
                              .append(unit)
                              .append("from ")
                              .append(std::to_string(lowest))
                              .append(" to ")
                              .append(std::to_string(highest)));
    }
    void span(std::string_view field, std::string_view suffix, std::chrono::milliseconds& into, int lowest) {
        int count = static_cast<int>(std::clamp<std::int64_t>(into.count(), 0, most_milliseconds));
        number<int>(field, suffix, count, lowest, most_milliseconds, "of milliseconds ");
        into = std::chrono::milliseconds(count);
    }
    /// What each word means.
    template <class Enum> using words = std::span<const std::pair<std::string_view, Enum>>;
    template <class Enum> void choice(std::string_view field, std::string_view suffix, Enum& into, words<Enum> known) {
        if (const auto found = value(field, suffix)) pick(field, found->reveal(), into, known);
    }
    void choice(std::string_view field, std::string_view suffix, bool& into) {
        static constexpr std::pair<std::string_view, bool> known[] = {
            {"true", true}, {"false", false}, {"1", true}, {"0", false}};
        choice<bool>(field, suffix, into, known);
    }
    template <class Enum> void pick(std::string_view field, std::string_view given, Enum& into, words<Enum> known) {
        std::string names;
        for (const auto& [name, meant] : known) {
            if (given == name) {
                into = meant;
                return;
            }
            names.append(names.empty() ? "" : ", ").append(name);
        }
        refuse(field, "is not one of " + names);
    }
    /// Problems of one field are told by the variable of another.
    void tell_by(std::string_view field, std::string_view other) { at(field).variable = at(other).variable; }
    /// A variable that has no prefix.
    std::optional<secret> plain(std::string_view field, std::string_view variable) {
        entries_.push_back({field, std::string(variable), false});
        auto found = source_->find(std::string(variable));
        if (!found || !found->empty()) return found;
        refuse(field, "is set but empty; give it a value or unset it");
        return {};
    }

    /// What is wrong with fields besides: those that were refused as they were read have had their say.
    void add_problems(const setting_problems& problems) {
        for (const setting_problem& problem : problems) {
            // That it is more than a maximum that was not understood says nothing.
            if (problem.field == "pool_min" && at("pool_max").refused) continue;
            const entry& found = at(problem.field);
            if (!found.refused) add(found.variable, problem.text);
        }
    }
    void raise_if_any() const {
        if (!problems_.empty())
            raise(error_kind::configuration, "the environment does not describe a database: " + problems_);
    }

private:
    struct entry {
        std::string_view field;
        std::string variable;
        bool refused;
    };
    entry& at(std::string_view field) {
        const auto found = std::ranges::find(entries_, field, &entry::field);
        return found != entries_.end() ? *found : entries_.emplace_back(entry{field, std::string(field), false});
    }
    std::optional<secret> ambient_value(std::string_view field, std::string_view suffix) {
        static constexpr std::pair<std::string_view, std::string_view> names[] = {
            {"HOST", "PGHOST"},          {"PORT", "PGPORT"},
            {"USER", "PGUSER"},          {"PASSWORD", "PGPASSWORD"},
            {"DATABASE", "PGDATABASE"},  {"APPLICATION_NAME", "PGAPPNAME"},
            {"SSL_CA", "PGSSLROOTCERT"}, {"SSL_CERT", "PGSSLCERT"},
            {"SSL_KEY", "PGSSLKEY"},     {"TARGET_SESSION_ATTRS", "PGTARGETSESSIONATTRS"}};
        const auto found = std::ranges::find(names, suffix, [](const auto& one) { return one.first; });
        if (found == std::end(names)) return {};
        auto text = source_->find(std::string(found->second));
        if (!text) return {};
        at(field).variable = found->second;
        if (!text->empty()) return text;
        refuse(field, "is set but empty; give it a value or unset it");
        return {};
    }
    void add(std::string_view variable, std::string_view text) {
        problems_.append(problems_.empty() ? "" : "; ").append(variable).append(" ").append(text);
    }

    const variable_source* source_;
    const std::vector<std::string>* prefixes_;
    std::vector<entry> entries_{};
    std::string problems_{};
    bool ambient_ = false;
};

PGREPO_DECL void read_hosts(config_reader& env, postgres_config& config) {
    std::string hosts;
    env.required("host", "HOST", hosts);
    const host_fields into{config.host, config.port, config.other_hosts};
    if (const std::string problem = hosts.empty() ? "" : take_hosts(into, hosts); !problem.empty())
        env.refuse("host", problem);
    const auto ports = env.value("port", "PORT");
    if (const std::string problem = ports ? take_ports(into, ports->reveal()) : ""; !problem.empty())
        env.refuse("port", problem);
}

PGREPO_DECL void read_tls(config_reader& env, postgres_config& config) {
    bool verified = true;
    env.choice("tls_verified", "SSL_REJECT_UNAUTHORIZED", verified);
    const tls_mode encrypted = verified ? tls_mode::verify_full : tls_mode::insecure_no_verify;
    // Not said: where there would be TLS, it is this one.
    if (wants_tls(config.connection())) config.tls = verified ? tls_mode::automatic : encrypted;
    const std::pair<std::string_view, tls_mode> enabled[] = {
        {"true", encrypted}, {"false", tls_mode::off}, {"1", encrypted}, {"0", tls_mode::off}};
    env.choice<tls_mode>("tls", "SSL_ENABLED", config.tls, enabled);
    if (config.tls == tls_mode::insecure_no_verify) env.tell_by("tls", "tls_verified");
    env.text("tls_ca", "SSL_CA", config.tls_ca);
    env.text("tls_key", "SSL_KEY", config.tls_key);
    env.text("tls_cert", "SSL_CERT", config.tls_cert);
    env.choice<channel_binding_mode>("channel_binding", "CHANNEL_BINDING", config.channel_binding, channel_bindings);
    env.choice("cancel_in_clear", "CANCEL_IN_CLEAR", config.cancel_in_clear);
    env.choice("allow_unverified_tls_in_production", "ALLOW_UNVERIFIED_TLS_IN_PRODUCTION",
               config.allow_unverified_tls_in_production);
    if (const auto found = env.plain("environment", "APP_ENV"))
        env.pick<app_environment>("environment", found->reveal(), config.environment, app_environments);
}

PGREPO_DECL void read_pool(config_reader& env, postgres_config& config) {
    env.number<std::uint32_t>("pool_max", "POOL_MAX", config.pool_max, 1, most_sessions);
    env.number<std::uint32_t>("pool_min", "POOL_MIN", config.pool_min, 0, most_sessions);
    env.number<std::uint32_t>("max_waiting", "MAX_WAITING", config.max_waiting, 0, most_milliseconds);
    env.number<std::uint32_t>("connect_concurrency", "CONNECT_CONCURRENCY", config.connect_concurrency, 1,
                              most_openings);
    env.span("idle_timeout", "IDLE_TIMEOUT", config.idle_timeout, 0);
    env.number<std::uint32_t>("max_uses", "MAX_USES", config.max_uses, 0, most_milliseconds);
    env.span("max_lifetime", "MAX_LIFETIME", config.max_lifetime, 0);
    env.span("leak_threshold", "LEAK_THRESHOLD", config.leak_threshold, 0);
    env.span("acquire_timeout", "ACQUIRE_TIMEOUT", config.acquire_timeout, 1);
}

PGREPO_DECL void read_session(config_reader& env, postgres_config& config) {
    env.text("schema", "SCHEMA", config.schema);
    env.text("application_name", "APPLICATION_NAME", config.application_name);
    env.span("connect_timeout", "CONNECTION_TIMEOUT", config.connect_timeout, 1);
    env.span("call_timeout", "CALL_TIMEOUT", config.call_timeout, 1);
    env.span("statement_timeout", "STATEMENT_TIMEOUT", config.statement_timeout, 0);
    env.span("lock_timeout", "LOCK_TIMEOUT", config.lock_timeout, 0);
    env.number<std::uint16_t>("statement_cache", "STATEMENT_CACHE", config.statement_cache, 0, 65535);
    env.choice("error_detail", "ERROR_DETAIL", config.error_detail);
    env.choice<pooler_mode>("pooler", "POOLER", config.pooler, pooler_modes);
    env.choice<session_target>("target", "TARGET_SESSION_ATTRS", config.target, session_targets);
}

PGREPO_DECL postgres_config read_config(const variable_source& source, const std::vector<std::string>& prefixes) {
    config_reader env(source, prefixes);
    postgres_config config;
    env.choice("ambient", "AMBIENT", config.ambient);
    if (config.ambient) env.use_ambient();
    read_hosts(env, config);
    env.required("user", "USER", config.user);
    read_tls(env, config);
    if (auto found = env.value("password", "PASSWORD"))
        config.password = std::move(*found);
    else if (!is_unix_socket(config.host) && config.tls_cert.empty() && !config.ambient)
        env.missing("password", "PASSWORD");
    env.required("database", "DATABASE", config.database);
    read_pool(env, config);
    read_session(env, config);
    env.add_problems(problems_of(config));
    env.raise_if_any();
    return config;
}

} // namespace pgrepo::detail
