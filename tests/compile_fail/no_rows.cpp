// expect: [no_rows] rows are asked of a statement that returns none
// expect: "rename"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select<EmailOnly>(pgrepo::sql<"UPDATE users SET first_name = 'Ada' RETURNING email", "rename">);
#else
    db.select<EmailOnly>(pgrepo::sql<"UPDATE users SET first_name = 'Ada'", "rename">);
#endif
}
