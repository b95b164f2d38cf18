// expect: [null_comparison] a comparison with NULL is never true in SQL
// expect: "email"
// expect: nullptr
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_all(col<&UserRecord::email> == "");
#else
    users.find_all(col<&UserRecord::email> == nullptr);
#endif
}
