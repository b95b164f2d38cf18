#pragma once

// What libpq is given for a session, keyword by keyword.

#include <pgrepo/pq/settings.hpp>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>

namespace test {

/// The value of a keyword; nothing: libpq is given none, and looks for itself.
inline std::optional<std::string> given(const pgrepo::connection_options& options, const char* keyword) {
    const pgrepo::detail::settings all(options, {});
    for (std::size_t i = 0; all.keywords()[i] != nullptr; ++i)
        if (std::strcmp(all.keywords()[i], keyword) == 0) return all.values()[i];
    return {};
}

} // namespace test
