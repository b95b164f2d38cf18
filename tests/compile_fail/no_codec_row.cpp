// expect: [no_codec] a field has a type that no codec reads
// expect: "views"
// expect: unsigned
// expect: Counted
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Counted {
#if defined(PGREPO_TWIN)
    std::int64_t views{};
#else
    std::uint64_t views{};
#endif
};

void f(pgrepo::postgres_service& db) {
    db.select<Counted>(pgrepo::sql<"SELECT count(*) AS views FROM visits", "views">);
}
