// expect: [one_table] a mapping names exactly one table
// expect: Invoice
// expect: counted<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
    std::int64_t id{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">>;
#else
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::table<"bills">>;
#endif
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find_all();
}
