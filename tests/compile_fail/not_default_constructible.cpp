// expect: [not_default_constructible] a record must be default-constructible
// expect: Invoice
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Cents {
    explicit Cents(std::int64_t n) : number(n) {}
    std::int64_t number;
};
struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::int64_t total{};
#else
    Cents total;
#endif

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
