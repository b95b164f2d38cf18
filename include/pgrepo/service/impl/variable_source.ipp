#pragma once

#include <pgrepo/service/variable_source.hpp>

#include <cstdlib>

namespace pgrepo::detail {

PGREPO_DECL std::optional<secret> variable_source::find(const std::string& name) const {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return {};
    return secret(value);
}

} // namespace pgrepo::detail
