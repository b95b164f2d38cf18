#pragma once

#include <pgrepo/base/config.hpp>

namespace pgrepo::detail {

/// A random number from 0 up to 1, so that many sessions or programs do not do the same at the same moment. Not for secrets.
/// Thread-safe.
[[nodiscard]] double random_share() noexcept;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/random_share.ipp>
#endif
