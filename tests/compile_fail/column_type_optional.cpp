// An optional cannot be written into a column that is NOT NULL.
// expect: [column_type] a field of the struct given to create has another type than the record's column
// expect: "status"
// expect: optional<UserStatus>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct NewUser {
    std::string email;
    std::string first_name;
    std::string last_name;
#if defined(PGREPO_TWIN)
    UserStatus status;
#else
    std::optional<UserStatus> status;
#endif
};

void f(Users& users, const NewUser& draft) {
    users.create(draft);
}
