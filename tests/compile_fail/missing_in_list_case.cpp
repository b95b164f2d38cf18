// Unquoted, the server folds the name: the field "lastName" would not be found.
// expect: [missing_in_list] the statement's list lacks a field of the row
// expect: "names"
// expect: "lastName"
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <string>

struct Name {
    std::string lastName;
};

void f(pgrepo::postgres_service& db) {
#if defined(PGREPO_TWIN)
    db.select_one<Name>(pgrepo::sql<"SELECT last_name AS \"lastName\" FROM users", "names">);
#else
    db.select_one<Name>(pgrepo::sql<"SELECT last_name AS lastName FROM users", "names">);
#endif
}
