#pragma once

#include <pgrepo/service/variable_source.hpp>

#include <cstdlib>

namespace pgrepo::detail {

PGREPO_DECL std::optional<secret> variable_source::find(const std::string& name) const {
    if (const char* value = std::getenv(name.c_str())) return secret(value);
    if (const auto found = file_.find(name); found != file_.end()) return found->second;
    return {};
}

} // namespace pgrepo::detail
