// expect: [not_an_aggregate] a record must be a plain aggregate
// expect: Totals
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Totals {
    std::int64_t total{};
    std::int64_t half() const { return total / 2 + rest; }
#if !defined(PGREPO_TWIN)

private:
#endif
    std::int64_t rest{};
};

void f(pgrepo::postgres_service& db) {
    db.select_one<Totals>(pgrepo::sql<"SELECT total, rest FROM totals", "totals">);
}
