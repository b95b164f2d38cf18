// expect: [list_not_understood] the columns of the result cannot be told from the text
// expect: "allEmails"
// expect: star
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select<EmailOnly>(pgrepo::sql<"SELECT email FROM users", "allEmails">);
#else
    db.select<EmailOnly>(pgrepo::sql<"SELECT * FROM users", "allEmails">);
#endif
}
