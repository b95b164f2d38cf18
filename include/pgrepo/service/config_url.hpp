#pragma once

#include <pgrepo/base/config.hpp>

#include <string_view>

namespace pgrepo {
struct postgres_config;
}

namespace pgrepo::detail {

/// The configuration that a URL describes; what `postgres_config::from_url` documents. Read as libpq reads it, but for what it
/// refuses besides: wherever both take a URL, they understand the same.
[[nodiscard]] postgres_config read_url(std::string_view url);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/config_url.ipp>
#endif
