// expect: [like_needs_text] LIKE is for text columns
// expect: "status"
// expect: UserStatus
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_all(col<&UserRecord::email>.like("%@example.org"));
#else
    users.find_all(col<&UserRecord::status>.like("act%"));
#endif
}
