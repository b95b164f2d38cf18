// expect: [argument_count] the call gives another number of arguments than the statement has placeholders
// expect: "activeEmails"
// expect: wanted<1>
// expect: given<0>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

inline constexpr auto active_emails =
    pgrepo::query<EmailOnly, "SELECT email FROM users WHERE status = $1", "activeEmails">;

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select(active_emails, UserStatus::active);
#else
    db.select(active_emails);
#endif
}
