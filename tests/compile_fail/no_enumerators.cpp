// expect: [no_enumerators] this enum has no enumerator from 0 to 63
// expect: Level
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

enum class Level { low = 100, high = 200 };
#if defined(PGREPO_TWIN)
template <> struct pgrepo::enum_range<Level> {
    static constexpr int first = 100, last = 200;
};
#endif

struct Alarm {
    std::int64_t id{};
    Level level{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"alarms">, pgrepo::primary_key<&Alarm::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Alarm> alarms{db};
    alarms.find(7);
}
