// expect: [two_records] criteria of two records are mixed
// expect: ItemRecord, UserRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Items& items) {
#if defined(PGREPO_TWIN)
    items.exists(col<&ItemRecord::position> == 1 || !(col<&ItemRecord::article> == "b"));
#else
    items.exists(col<&ItemRecord::position> == 1 || !(col<&UserRecord::email> == "b"));
#endif
}
