// expect: [foreign_member] a mapping names a member of another struct
// expect: Order::deleted_at
// expect: Invoice
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>

struct Order {
    std::int64_t id{};
    std::optional<pgrepo::timestamptz> deleted_at{};
};
struct Invoice {
    std::int64_t id{};
    std::optional<pgrepo::timestamptz> deleted_at{};
};
template <>
struct pgrepo::mapping<Invoice> : pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::generated<&Invoice::id>,
#if defined(PGREPO_TWIN)
                                                      pgrepo::soft_delete<&Invoice::deleted_at>> {
#else
                                                      pgrepo::soft_delete<&Order::deleted_at>> {
#endif
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.count();
}
