// expect: [base_class] a record must not derive from another struct
// expect: Patch
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Person {
    std::optional<std::string> first_name{};
};
#if defined(PGREPO_TWIN)
struct Patch {
    std::optional<std::string> first_name{};
#else
struct Patch : Person {
#endif
    std::optional<std::string> email{};
};

void f(Users& users, pgrepo::uuid id, const Patch& patch) {
    users.update(id, patch);
}
