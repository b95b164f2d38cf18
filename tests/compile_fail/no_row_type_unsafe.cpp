// expect: [no_row_type] this call does not say what a row becomes
// expect: unsafe_sql
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

void f(pgrepo::postgres_service& db, const std::string& text) {
#if defined(PGREPO_TWIN)
    db.select_one<EmailOnly>(pgrepo::unsafe_sql(text));
#else
    db.select_one(pgrepo::unsafe_sql(text));
#endif
}
