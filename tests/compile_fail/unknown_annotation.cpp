// expect: [unknown_annotation] a mapping is made of table, primary_key, generated, defaulted
// expect: std::
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <string>

struct Invoice {
    std::int64_t id{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">>;
#else
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, std::string>;
#endif
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find_all();
}
