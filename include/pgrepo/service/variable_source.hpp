#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/secret.hpp>

#include <optional>
#include <string>

namespace pgrepo::detail {

/// Where variables are looked up: the environment of the process.
class variable_source {
public:
    /// No value: it is not set. Not to be called while another thread changes the environment.
    [[nodiscard]] std::optional<secret> find(const std::string& name) const;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/variable_source.ipp>
#endif
