// expect: [patch_optional] the column is nullable, so an empty optional could mean keep or NULL
// expect: "note"
// expect: optional<std::
// refuse: [column_type]
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Patch {
#if defined(PGREPO_TWIN)
    pgrepo::change<std::string> note{};
#else
    std::optional<std::string> note{};
#endif
};

void f(Items& items) {
    items.update({7, 2}, Patch{.note = "fragile"});
}
