// expect: [column_type] a field of the struct given to create has another type than the record's column
// expect: "first_name"
// expect: int, std::
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewUser {
    std::string email;
#if defined(PGREPO_TWIN)
    std::string first_name;
#else
    int first_name;
#endif
    std::string last_name;
};

void f(Users& users, const NewUser& draft) {
    users.create(draft);
}
