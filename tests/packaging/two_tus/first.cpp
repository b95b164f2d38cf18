#include "note.hpp"

#include <cstdio>

long long notes_counted_in_first(pgrepo::postgres_service& db) {
    return static_cast<long long>(pgrepo::table_repository<Note>{db}.count());
}

int main(int argc, char**) {
    constexpr auto version = pgrepo::headers_version();
    std::printf("pgrepo %d.%d.%d\n", version.major, version.minor, version.patch);
    if (argc > 1) { // with an argument, and POSTGRES_* set, it really counts
        pgrepo::postgres_service db{pgrepo::postgres_config::from_env()};
        std::printf("%lld %lld\n", notes_counted_in_first(db), notes_counted_in_second(db));
    }
}
