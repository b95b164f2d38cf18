// expect: [null_comparison] a comparison with NULL is never true in SQL
// expect: "deleted_at"
// expect: nullopt_t
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.with_deleted().find_all(col<&UserRecord::deleted_at>.is_null());
#else
    users.with_deleted().find_all(col<&UserRecord::deleted_at> == std::nullopt);
#endif
}
