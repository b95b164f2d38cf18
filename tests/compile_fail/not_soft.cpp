// expect: [not_soft] this record has no soft_delete column
// expect: ItemRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users, Items& items, pgrepo::uuid id) {
#if defined(PGREPO_TWIN)
    users.restore(id);
    items.remove({7, 2});
#else
    users.remove(id);
    items.restore({7, 2});
#endif
}
