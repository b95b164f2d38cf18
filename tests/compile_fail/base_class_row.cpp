// expect: [base_class] a record must not derive from another struct
// expect: Totals
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <string>

struct Named {
    std::string name;
};
#if defined(PGREPO_TWIN)
struct Totals {
    std::string name;
#else
struct Totals : Named {
#endif
    std::int64_t total{};
};

void f(pgrepo::postgres_service& db) {
    db.select<Totals>(pgrepo::sql<"SELECT name, total FROM totals", "totals">);
}
