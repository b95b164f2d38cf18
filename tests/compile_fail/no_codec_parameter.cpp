// expect: [no_codec_parameter] an argument has a type that no codec sends
// expect: unsigned
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

#include <string>

void f(pgrepo::postgres_service& db, const std::string& name) {
    const auto rename = pgrepo::sql<"UPDATE users SET last_name = $1 WHERE length(email) = $2", "rename">;
#if defined(PGREPO_TWIN)
    db.update(rename, name, static_cast<std::int64_t>(name.size()));
#else
    db.update(rename, name, name.size());
#endif
}
