// expect: [not_a_struct] a record must be a struct of your own
// expect: EmailOnly
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select_one<EmailOnly>(pgrepo::sql<"SELECT email FROM users", "emails">);
#else
    db.select_one<const EmailOnly&>(pgrepo::sql<"SELECT email FROM users", "emails">);
#endif
}
