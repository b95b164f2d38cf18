// expect: [null_comparison] a comparison with NULL is never true in SQL
// expect: "note"
// expect: optional<
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Items& items, const std::optional<std::string>& note) {
#if defined(PGREPO_TWIN)
    items.find_one(col<&ItemRecord::note> != note.value());
#else
    items.find_one(col<&ItemRecord::note> != note);
#endif
}
