// expect: [not_default_constructible] a record must be default-constructible
// expect: NewUser
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewUser {
#if defined(PGREPO_TWIN)
    std::string_view email;
#else
    const std::string& email;
#endif
    std::string first_name;
    std::string last_name;
};

void f(Users& users, const NewUser& draft) {
    users.create(draft);
}
