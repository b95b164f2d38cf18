// A statement without an identifier is named by its text.
// expect: [malformed_sql] the text is not one well-formed statement
// expect: "SELECT count(* FROM users"
// expect: unbalanced_parenthesis
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select_value<std::int64_t>(pgrepo::sql<"SELECT count(*) FROM users">);
#else
    db.select_value<std::int64_t>(pgrepo::sql<"SELECT count(* FROM users">);
#endif
}
