// A text that cannot be read has no verb either: still one error.
// expect: [malformed_sql] the text is not one well-formed statement
// expect: "rename"
// expect: unterminated_dollar_quote
// refuse: [verb]
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.update(pgrepo::sql<"UPDATE users SET first_name = $q$Ada$q$", "rename">);
#else
    db.update(pgrepo::sql<"UPDATE users SET first_name = $q$Ada", "rename">);
#endif
}
