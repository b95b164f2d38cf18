#pragma once

/// The one place that states the version; CMake reads these three lines.
#define PGREPO_VERSION_MAJOR 0
#define PGREPO_VERSION_MINOR 1
#define PGREPO_VERSION_PATCH 0

namespace pgrepo {

struct library_version {
    int major;
    int minor;
    int patch;
};

/// The version of the headers this translation unit was compiled against.
constexpr library_version headers_version() noexcept {
    return {PGREPO_VERSION_MAJOR, PGREPO_VERSION_MINOR, PGREPO_VERSION_PATCH};
}

} // namespace pgrepo
