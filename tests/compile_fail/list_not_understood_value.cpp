// expect: [list_not_understood] the columns of the result cannot be told from the text
// expect: "first"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select_value<std::string>(pgrepo::sql<"SELECT email FROM users LIMIT 1", "first">);
#else
    db.select_value<std::string>(pgrepo::sql<"SELECT * FROM users LIMIT 1", "first">);
#endif
}
