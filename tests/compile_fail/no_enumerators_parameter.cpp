// expect: [no_enumerators] this enum has no enumerator from 0 to 63
// expect: Level
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#if defined(PGREPO_TWIN)
enum class Level { none, low, high };
#else
enum class Level;
#endif

void f(pgrepo::postgres_service& db, Level level) {
    db.execute(pgrepo::sql<"DELETE FROM alarms WHERE level = $1", "quiet">, level);
}
