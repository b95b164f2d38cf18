// expect: [unknown_column] the struct given to create has a field that is no column of the record
// expect: "mail"
// expect: NewUser
// expect: UserRecord
// refuse: [missing_column]
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewUser {
#if defined(PGREPO_TWIN)
    std::string email;
#else
    std::string mail;
#endif
    std::string first_name;
    std::string last_name;
};

void f(Users& users) {
    UserRecord ada = users.create(NewUser{"ada@example.org", "Ada", "Lovelace"});
    users.find(ada.id);
}
