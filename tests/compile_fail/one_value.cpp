// expect: [one_value] select_value is for a statement with one column
// expect: "span"
// expect: wanted<1>
// expect: given<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select_value<pgrepo::timestamptz>(pgrepo::sql<"SELECT min(created_at) FROM users", "span">);
#else
    db.select_value<pgrepo::timestamptz>(pgrepo::sql<"SELECT min(created_at), max(created_at) FROM users", "span">);
#endif
}
