// expect: [repeated_in_list] two columns of the statement's list have a field's name
// expect: "pairs"
// expect: "email"
// expect: EmailOnly
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select<EmailOnly>(pgrepo::sql<"SELECT a.email FROM users a, users b", "pairs">);
#else
    db.select<EmailOnly>(pgrepo::sql<"SELECT a.email, b.email FROM users a, users b", "pairs">);
#endif
}
