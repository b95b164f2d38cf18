// expect: [verb] the call's verb is not the statement's
// expect: "forget"
// expect: update
// expect: delete_
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.remove(pgrepo::sql<"DELETE FROM users WHERE email = $1", "forget">, "ada@example.org");
#else
    db.update(pgrepo::sql<"DELETE FROM users WHERE email = $1", "forget">, "ada@example.org");
#endif
}
