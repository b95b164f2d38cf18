// expect: [base_class] a record must not derive from another struct
// expect: NewUser
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Person {
    std::string first_name;
    std::string last_name;
};
#if defined(PGREPO_TWIN)
struct NewUser {
    std::string first_name;
    std::string last_name;
#else
struct NewUser : Person {
#endif
    std::string email;
};

void f(Users& users, const NewUser& draft) {
    users.create(draft);
}
