// expect: [table_name] a table is "name" or "schema.name"
// expect: shop.billing.invoices
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
    std::int64_t id{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"billing.invoices">>;
#else
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"shop.billing.invoices">>;
#endif
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find_all();
}
