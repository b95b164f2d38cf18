// expect: [malformed_sql] the text is not one well-formed statement
// expect: "activeEmails"
// expect: unterminated_quote
// expect: at_offset<39>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

#if defined(PGREPO_TWIN)
inline constexpr auto active =
    pgrepo::query<EmailOnly, "SELECT email FROM users WHERE status = 'active'", "activeEmails">;
#else
inline constexpr auto active =
    pgrepo::query<EmailOnly, "SELECT email FROM users WHERE status = 'active", "activeEmails">;
#endif

void f(pgrepo::postgres_service& db) {
    db.select(active);
}
