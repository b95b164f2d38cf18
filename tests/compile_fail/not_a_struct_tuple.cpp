// expect: [not_a_struct] a record must be a struct of your own
// expect: std::array<int, 2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>

struct Two {
    int a{};
    int b{};
};
#if defined(PGREPO_TWIN)
using Row = Two;
#else
using Row = std::array<int, 2>;
#endif

void f(pgrepo::postgres_service& db) {
    db.select<Row>(pgrepo::sql<"SELECT a, b FROM pairs", "pairs">);
}
