// expect: [other_record] the criterion is about another record than the repository's
// expect: ItemRecord, UserRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_all(col<&UserRecord::first_name> == "chair");
#else
    users.find_all(col<&ItemRecord::article> == "chair");
#endif
}
