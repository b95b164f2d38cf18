// expect: [null_test] this column is NOT NULL, so the test is never (or always) true
// expect: "created_at"
// expect: timestamptz
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_one(col<&UserRecord::deleted_at>.is_not_null() && col<&UserRecord::email> == "a");
#else
    users.find_one(col<&UserRecord::created_at>.is_not_null() && col<&UserRecord::email> == "a");
#endif
}
