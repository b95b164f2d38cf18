// expect: [no_row_type] this call does not say what a row becomes
// expect: SELECT email FROM users
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select<EmailOnly>(pgrepo::sql<"SELECT email FROM users">);
#else
    db.select(pgrepo::sql<"SELECT email FROM users">);
#endif
}
