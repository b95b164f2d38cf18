// expect: [criterion_type] a column is compared with a value of another type
// expect: "is_verified"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_one(!(col<&UserRecord::is_verified> == true) || col<&UserRecord::email> == "a");
#else
    users.find_one(!(col<&UserRecord::is_verified> == 1) || col<&UserRecord::email> == "a");
#endif
}
