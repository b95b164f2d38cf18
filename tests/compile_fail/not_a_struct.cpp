// expect: [not_a_struct] a record must be a struct of your own
// expect: int
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select_value<int>(pgrepo::sql<"SELECT 1", "one">);
#else
    db.select<int>(pgrepo::sql<"SELECT 1", "one">);
#endif
}
