// expect: [null_test] this column is NOT NULL, so the test is never (or always) true
// expect: "email"
// expect: string
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.count(col<&UserRecord::email> == "");
#else
    users.count(col<&UserRecord::email>.is_null());
#endif
}
