// expect: [c_array] a record must not hold a C array
// expect: name<.*"email"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewUser {
#if defined(PGREPO_TWIN)
    std::string email;
#else
    char email[64]{};
#endif
    std::string first_name;
    std::string last_name;
};

void f(Users& users, const NewUser& draft) {
    users.create(draft);
}
