// expect: [no_codec_parameter] an argument has a type that no codec sends
// expect: nullopt_t
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db) {
    const auto forget = pgrepo::sql<"UPDATE app.items SET note = $1", "forgetNotes">;
#if defined(PGREPO_TWIN)
    db.execute(forget, std::optional<std::string>{});
#else
    db.execute(forget, std::nullopt);
#endif
}
