// expect: [c_array] a record must not hold a C array
// expect: name<.*"number"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string>

struct Line {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::string number;
#else
    char number[16384]{};
#endif
};

void f(pgrepo::postgres_service& db) {
    db.select<Line>(pgrepo::sql<"SELECT id, number FROM lines", "lines">);
}
