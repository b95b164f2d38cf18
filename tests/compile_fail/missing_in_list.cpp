// expect: [missing_in_list] the statement's list lacks a field of the row
// expect: "allEmails"
// expect: "email"
// expect: EmailOnly
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

#if defined(PGREPO_TWIN)
inline constexpr auto all = pgrepo::query<EmailOnly, "SELECT address AS email FROM users", "allEmails">;
#else
inline constexpr auto all = pgrepo::query<EmailOnly, "SELECT address FROM users", "allEmails">;
#endif

void f(pgrepo::postgres_service& db) {
    db.select(all);
}
