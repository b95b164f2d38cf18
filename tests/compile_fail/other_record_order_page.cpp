// expect: [other_record_order] the order names a column of another record than the repository's
// expect: ItemRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
    const auto active = col<&UserRecord::status> == UserStatus::active;
#if defined(PGREPO_TWIN)
    users.find_page(active, order_by(pgrepo::desc<&UserRecord::created_at>), {.limit = 20});
#else
    users.find_page(active, order_by(pgrepo::desc<&ItemRecord::position>), {.limit = 20});
#endif
}
