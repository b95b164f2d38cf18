#pragma once

#include <pgrepo/service/postgres_config.hpp>

#include <string>

namespace pgrepo {

/// One of several databases; see `databases`.
struct named_config {
    std::string name{};
    postgres_config config{};
};

} // namespace pgrepo
