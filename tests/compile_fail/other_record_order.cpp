// expect: [other_record_order] the order names a column of another record than the repository's
// expect: UserRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_all(order_by(pgrepo::desc<&UserRecord::email>));
#else
    users.find_all(order_by(pgrepo::desc<&ItemRecord::article>));
#endif
}
