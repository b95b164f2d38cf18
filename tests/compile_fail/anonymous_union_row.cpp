// expect: [anonymous_union] a record must not hold an anonymous union
// expect: field_number<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string>

struct Line {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::int32_t number{};
#else
    union {
        std::int32_t number{};
    };
#endif
};

void f(pgrepo::postgres_service& db) {
    db.select<Line>(pgrepo::sql<"SELECT id, number FROM lines", "lines">);
}
