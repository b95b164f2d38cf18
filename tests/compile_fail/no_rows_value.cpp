// expect: [no_rows] rows are asked of a statement that returns none
// expect: "forget"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.execute(pgrepo::sql<"DELETE FROM users", "forget">);
#else
    db.select_value<std::int64_t>(pgrepo::sql<"DELETE FROM users", "forget">);
#endif
}
