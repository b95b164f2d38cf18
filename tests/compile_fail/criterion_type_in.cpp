// expect: [criterion_type] a column is compared with a value of another type
// expect: "status"
// expect: UserStatus
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.count(col<&UserRecord::status>.in({UserStatus::active, UserStatus::closed}));
#else
    users.count(col<&UserRecord::status>.in({"active", "closed"}));
#endif
}
