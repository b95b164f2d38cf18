#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/secret.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace pgrepo::detail {

using variable_map = std::map<std::string, secret, std::less<>>;

/// The variables of a .env file's text; the syntax stands in docs/configuration.md. Throws one `error` configuration that
/// lists every line that is not understood, by its number: what stands there may be a secret. `path` is for the error.
[[nodiscard]] variable_map parse_env_file(std::string_view text, const std::string& path);
/// Reads and parses it. Throws besides where the file cannot be read, or has more than 1 MiB.
[[nodiscard]] variable_map read_env_file(const std::string& path);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/env_file.ipp>
#endif
