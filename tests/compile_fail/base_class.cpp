// expect: [base_class] a record must not derive from another struct
// expect: Invoice
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Identified {
    std::int64_t id{};
};
#if defined(PGREPO_TWIN)
struct Invoice {
    std::int64_t id{};
#else
struct Invoice : Identified {
#endif
    std::int64_t total{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::total>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
