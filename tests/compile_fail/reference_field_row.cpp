// expect: [reference_field] a record must not hold a reference
// expect: field_number<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string>

#if !defined(PGREPO_TWIN)
const std::int32_t none = 0;
#endif

struct Line {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::int32_t number{};
#else
    const std::int32_t& number = none;
#endif
};

void f(pgrepo::postgres_service& db) {
    db.select<Line>(pgrepo::sql<"SELECT id, number FROM lines", "lines">);
}
