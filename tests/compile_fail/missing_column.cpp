// expect: [missing_column] the struct given to create leaves out a column
// expect: "last_name"
// expect: NewUser
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewUser {
    std::string email;
    std::string first_name;
#if defined(PGREPO_TWIN)
    std::string last_name;
#endif
};

void f(Users& users, const NewUser& draft) {
    users.create(draft);
}
