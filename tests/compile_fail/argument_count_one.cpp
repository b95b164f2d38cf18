// expect: [argument_count] the call gives another number of arguments than the statement has placeholders
// expect: "emailOf"
// expect: wanted<1>
// expect: given<0>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

auto f(pgrepo::postgres_service& db, pgrepo::uuid id) {
    (void)id;
#if defined(PGREPO_TWIN)
    auto found = db.select_one<EmailOnly>(pgrepo::sql<"SELECT email FROM users WHERE id = $1", "emailOf">, id);
#else
    auto found = db.select_one<EmailOnly>(pgrepo::sql<"SELECT email FROM users WHERE id = $1", "emailOf">);
#endif
    return found->email;
}
