// expect: [argument_count] the call gives another number of arguments than the statement has placeholders
// expect: "closeUser"
// expect: wanted<1>
// expect: given<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::transaction& tx, pgrepo::uuid id) {
#if defined(PGREPO_TWIN)
    tx.update(pgrepo::sql<"UPDATE users SET status = 'closed' WHERE id = $1", "closeUser">, id);
#else
    tx.update(pgrepo::sql<"UPDATE users SET status = 'closed' WHERE id = $1", "closeUser">, UserStatus::closed, id);
#endif
}
