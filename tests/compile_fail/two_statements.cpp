// expect: [two_statements] the text holds more than one statement
// expect: "cleanUp"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.execute(pgrepo::sql<"DELETE FROM app.items", "cleanUp">);
    db.execute(pgrepo::sql<"DELETE FROM users", "cleanUpUsers">);
#else
    db.execute(pgrepo::sql<"DELETE FROM app.items; DELETE FROM users", "cleanUp">);
#endif
}
