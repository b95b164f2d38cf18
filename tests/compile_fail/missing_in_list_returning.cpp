// expect: [missing_in_list] the statement's list lacks a field of the row
// expect: "rename"
// expect: "email"
// expect: EmailOnly
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.update<EmailOnly>(pgrepo::sql<"UPDATE users SET first_name = $1 RETURNING email", "rename">, "Ada");
#else
    db.update<EmailOnly>(pgrepo::sql<"UPDATE users SET first_name = $1 RETURNING id", "rename">, "Ada");
#endif
}
