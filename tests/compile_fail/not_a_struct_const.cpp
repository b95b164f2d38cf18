// expect: [not_a_struct] a record must be a struct of your own
// expect: const UserRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    const pgrepo::table_repository<UserRecord> users{db};
#else
    const pgrepo::table_repository<const UserRecord> users{db};
#endif
    users.count();
}
