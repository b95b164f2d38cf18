// expect: [not_an_aggregate] a record must be a plain aggregate
// expect: Invoice
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
#if !defined(PGREPO_TWIN)
    Invoice() {}
    explicit Invoice(std::int64_t number) : id(number) {}
#endif
    std::int64_t id{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
