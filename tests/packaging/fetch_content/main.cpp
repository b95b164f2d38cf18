#include <pgrepo/pgrepo.hpp>

#include <cstdio>

int main(int argc, char**) {
    constexpr auto version = pgrepo::headers_version();
    std::printf("pgrepo %d.%d.%d\n", version.major, version.minor, version.patch);
    if (argc > 1) { // with an argument, and POSTGRES_* set, it really connects; without, libpq and fmt are only linked
        pgrepo::postgres_service db{pgrepo::postgres_config::from_env()};
        std::puts(db.is_connected() ? "connected" : "not connected");
    }
}
