#include <pgrepo/pgrepo.hpp>

#include <cstdio>

int main() {
    constexpr auto version = pgrepo::headers_version();
    std::printf("pgrepo %d.%d.%d\n", version.major, version.minor, version.patch);
}
