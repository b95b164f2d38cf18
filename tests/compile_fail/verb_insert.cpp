// The main statement counts, not the WITH before it.
// expect: [verb] the call's verb is not the statement's
// expect: "archive"
// expect: remove
// expect: insert
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::transaction& tx) {
#if defined(PGREPO_TWIN)
    tx.insert(pgrepo::sql<"WITH old AS (DELETE FROM users RETURNING email) INSERT INTO olds SELECT email FROM old",
                          "archive">);
#else
    tx.remove(pgrepo::sql<"WITH old AS (DELETE FROM users RETURNING email) INSERT INTO olds SELECT email FROM old",
                          "archive">);
#endif
}
