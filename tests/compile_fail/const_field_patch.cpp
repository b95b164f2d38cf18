// expect: [const_field] a record's field must not be const
// expect: field_number<1>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Patch {
#if defined(PGREPO_TWIN)
    std::optional<std::string> email{};
#else
    const std::optional<std::string> email{};
#endif
};

void f(Users& users, pgrepo::uuid id, const Patch& patch) {
    users.update(id, patch);
}
