// An empty base has no field to name, but counting fields would go wrong all the same.
// expect: [base_class] a record must not derive from another struct
// expect: Totals
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Tag {};
#if defined(PGREPO_TWIN)
struct Totals {
#else
struct Totals : Tag {
#endif
    std::int64_t total{};
};

void f(pgrepo::postgres_service& db) {
    db.select<Totals>(pgrepo::sql<"SELECT total FROM totals", "totals">);
}
