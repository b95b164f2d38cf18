#include <pgrepo/pgrepo.hpp>

#include <fmt/core.h>

int main(int argc, char**) {
    constexpr auto version = pgrepo::headers_version();
    fmt::print("pgrepo {}.{}.{}\n", version.major, version.minor, version.patch);
    if (argc > 1) { // with an argument, and POSTGRES_* set, it really connects; without, libpq is only linked
        pgrepo::postgres_service db{pgrepo::postgres_config::from_env()};
        fmt::print("{}\n", db.is_connected() ? "connected" : "not connected");
    }
}
