// expect: [placeholder_gap] placeholders are $1, $2, ... without a gap
// expect: "setStatus"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db, pgrepo::uuid id) {
#if defined(PGREPO_TWIN)
    db.update(pgrepo::sql<"UPDATE users SET status = $1 WHERE id = $2", "setStatus">, UserStatus::closed, id);
#else
    db.update(pgrepo::sql<"UPDATE users SET status = $1 WHERE id = $3", "setStatus">, UserStatus::closed, id);
#endif
}
