// expect: [patch_key] a patch cannot change the primary key
// expect: "position"
// expect: Patch
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Patch {
#if !defined(PGREPO_TWIN)
    std::optional<std::int32_t> position{};
#endif
    std::optional<std::string> article{};
};

void f(Items& items) {
    items.update({7, 2}, Patch{});
}
