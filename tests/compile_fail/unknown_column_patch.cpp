// expect: [unknown_column] the patch has a field that is no column of the record
// expect: "name"
// expect: Patch
// expect: UserRecord
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Patch {
    std::optional<UserStatus> status{};
#if defined(PGREPO_TWIN)
    std::optional<std::string> first_name{};
#else
    std::optional<std::string> name{};
#endif
};

void f(Users& users, pgrepo::uuid id) {
    users.update(id, Patch{UserStatus::closed, "Ada"});
}
