// expect: [two_records] criteria of two records are mixed
// expect: UserRecord, ItemRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_all(col<&UserRecord::email> == "a" && col<&UserRecord::first_name> == "b");
#else
    users.find_all(col<&UserRecord::email> == "a" && col<&ItemRecord::article> == "b");
#endif
}
