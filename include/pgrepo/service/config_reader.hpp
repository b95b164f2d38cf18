#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/setting_problem.hpp>
#include <pgrepo/service/variable_source.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgrepo {
struct postgres_config;
}

namespace pgrepo::detail {

/// Of one pool: the room for its sessions is made at once.
inline constexpr std::uint32_t most_sessions = 10000;
inline constexpr std::uint32_t most_openings = 64; // at once: each has a thread

/// Every field that cannot be, by its name.
[[nodiscard]] setting_problems problems_of(const postgres_config& config);

/// The configuration that the variables describe. Each is looked up with the first prefix, then with the next: those of
/// a named database come before those of all. Throws one `error` configuration that lists all problems, by variable.
[[nodiscard]] postgres_config read_config(const variable_source& source, const std::vector<std::string>& prefixes);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/config_reader.ipp>
#endif
