// A key that is neither generated nor defaulted has to be given too.
// expect: [missing_column] the struct given to create leaves out a column
// expect: "order_id"
// expect: NewItem
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewItem {
#if defined(PGREPO_TWIN)
    std::int64_t order_id;
#endif
    std::int32_t position;
    std::string article;
};

void f(pgrepo::transaction& tx, const NewItem& draft) {
    pgrepo::repository_of<ItemRecord>(tx).create(draft);
}
