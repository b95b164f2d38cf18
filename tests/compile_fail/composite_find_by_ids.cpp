// expect: [composite_find_by_ids] find_by_ids is for keys of one column
// expect: ItemRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

#include <vector>

void f(Items& items, const std::vector<Items::key_type>& keys) {
#if defined(PGREPO_TWIN)
    for (const auto& key : keys) items.find(key);
#else
    items.find_by_ids(keys);
#endif
}
