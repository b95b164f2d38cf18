// Two columns of a row are not compared; a statement of one's own can do that.
// expect: [criterion_type] a column is compared with a value of another type
// expect: "first_name"
// expect: column_expression
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(Users& users) {
#if defined(PGREPO_TWIN)
    users.find_all(col<&UserRecord::first_name> == "Ada");
#else
    users.find_all(col<&UserRecord::first_name> == col<&UserRecord::last_name>);
#endif
}
