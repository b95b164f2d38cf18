#include <pgrepo/pgrepo.hpp>

#include <cstdio>

long long notes_counted(pgrepo::postgres_service& db);

int main(int argc, char**) {
    constexpr auto version = pgrepo::headers_version();
    std::printf("pgrepo %d.%d.%d\n", version.major, version.minor, version.patch);
    if (argc > 1) { // with an argument, and POSTGRES_* set, it really counts
        pgrepo::postgres_service db{pgrepo::postgres_config::from_env()};
        std::printf("%lld\n", notes_counted(db));
    }
}
