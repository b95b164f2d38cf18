#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/secret.hpp>
#include <pgrepo/service/env_file.hpp>

#include <optional>
#include <string>
#include <utility>

namespace pgrepo::detail {

/// Where variables are looked up: the environment of the process and, behind it, what a file says.
class variable_source {
public:
    variable_source() = default;
    explicit variable_source(variable_map file) : file_(std::move(file)) {}

    /// No value: it is not set. Set in the environment but empty: that counts, whatever the file says.
    /// Not to be called while another thread changes the environment.
    [[nodiscard]] std::optional<secret> find(const std::string& name) const;

private:
    variable_map file_{};
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/service/impl/variable_source.ipp>
#endif
