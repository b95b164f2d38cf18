// PostgreSQL has no unsigned integers, so comparing with one would have to guess.
// expect: [criterion_type] a column is compared with a value of another type
// expect: "position"
// expect: unsigned
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Items& items) {
#if defined(PGREPO_TWIN)
    items.exists(col<&ItemRecord::position> >= 3);
#else
    items.exists(col<&ItemRecord::position> >= 3U);
#endif
}
