#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/owner.hpp>

#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace pgrepo {

struct postgres_config;
struct named_config;
class postgres_service;

namespace detail {
class databases_core;
struct databases_ender {
    PGREPO_DECL void operator()(databases_core* core) const noexcept;
};
} // namespace detail

/// Several databases by name, each a service with a pool of its own that is opened when it is first asked for. None takes
/// another down: one that is misconfigured or does not answer throws from its own `get`, and only there. Thread-safe.
/// Names: lower-case letters, digits and underscores, beginning with a letter.
class databases {
public:
    /// Throws `error` configuration for names that are malformed or given twice. A configuration that cannot be is
    /// kept as such: `validate()` says so at once, `get` when it is asked for.
    PGREPO_DECL explicit databases(std::vector<named_config> configs);
    databases(const databases&) = delete;
    databases& operator=(const databases&) = delete;

    /// For each name the variables PREFIX_NAME_… (`POSTGRES_ANALYTICS_HOST`) and, where one is not set, PREFIX_… .
    /// Not to be called while another thread changes the environment. Throws as the constructor does.
    [[nodiscard]] static PGREPO_DECL databases from_env(const std::vector<std::string>& names = {"main", "analytics"},
                                                        std::string_view prefix = "POSTGRES");
    /// The same with a .env file behind the environment. Throws besides as `postgres_config::from_env_file` does.
    [[nodiscard]] static PGREPO_DECL databases from_env_file(const std::string& path,
                                                             const std::vector<std::string>& names = {"main",
                                                                                                      "analytics"},
                                                             std::string_view prefix = "POSTGRES");

    /// Throws one `error` configuration that lists all problems of all databases: for a program that wants to know at its
    /// start. Connects to none.
    PGREPO_DECL void validate() const;

    /// The service, which lives as long as this object. The first call opens a session and runs a query; calls for the same
    /// name wait for it meanwhile, those for others do not. If it fails, the next call tries again.
    /// Throws `error`: configuration (no database of this name, or its configuration cannot be), closed, and what
    /// postgres_service's constructor throws; all name the database.
    [[nodiscard]] PGREPO_DECL postgres_service& get(std::string_view name,
                                                    std::source_location where = std::source_location::current());
    /// What `get` opens it with. Throws `error` configuration as `get` does.
    [[nodiscard]] PGREPO_DECL const postgres_config& config(std::string_view name) const;
    /// In the order they were given.
    [[nodiscard]] PGREPO_DECL std::vector<std::string> names() const;

    /// Closes every service as postgres_service::close does, for good: later calls of `get` throw kind closed. Waits for
    /// one that is being opened, at most its connect_timeout. May be repeated, from any thread.
    PGREPO_DECL void close_all() noexcept;

private:
    explicit databases(detail::databases_core* core) noexcept : core_(core) {}

    detail::owner<detail::databases_core, detail::databases_ender> core_;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/databases.ipp>
#endif
