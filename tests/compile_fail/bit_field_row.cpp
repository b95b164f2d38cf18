// expect: [bit_field] a record must not hold a bit-field
// expect: some_field
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string>

struct Line {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    bool number{};
#else
    bool number : 1;
#endif
};

void f(pgrepo::postgres_service& db) {
    db.select<Line>(pgrepo::sql<"SELECT id, number FROM lines", "lines">);
}
