// expect: [not_a_struct] a record must be a struct of your own, defined
// expect: Totals
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

#if defined(PGREPO_TWIN)
struct Totals {
    std::int64_t total{};
};
#else
struct Totals;
#endif

void f(pgrepo::postgres_service& db) {
    db.select<Totals>(pgrepo::sql<"SELECT total FROM totals", "totals">);
}
