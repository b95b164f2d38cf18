// NULL cannot be written into a column that is NOT NULL.
// expect: [column_type] a field of the patch has another type than the record's column
// expect: "email"
// expect: change<std::
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Patch {
#if defined(PGREPO_TWIN)
    std::optional<std::string> email{};
#else
    pgrepo::change<std::string> email{};
#endif
};

void f(Users& users, pgrepo::uuid id) {
    users.update(id, Patch{"ada@example.org"});
}
