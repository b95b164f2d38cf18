// expect: [surplus_in_list] the statement's list has more columns than the row has fields
// expect: "allEmails"
// expect: wanted<1>
// expect: given<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select<EmailOnly>(pgrepo::sql<"SELECT email FROM users", "allEmails">);
#else
    db.select<EmailOnly>(pgrepo::sql<"SELECT id, email FROM users", "allEmails">);
#endif
}
