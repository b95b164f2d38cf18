// expect: [no_codec_value] no codec reads this type
// expect: string_view
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
    const auto first = pgrepo::sql<"SELECT email FROM users LIMIT 1", "first">;
#if defined(PGREPO_TWIN)
    db.select_value<std::string>(first);
#else
    db.select_value<std::string_view>(first);
#endif
}
