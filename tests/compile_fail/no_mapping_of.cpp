// expect: [no_mapping] this record names no table
// expect: Invoice
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
    std::int64_t id{};
};
#if defined(PGREPO_TWIN)
template <> struct pgrepo::mapping<Invoice> : pgrepo::annotations<pgrepo::table<"billing.invoices">> {};
#endif

void f(pgrepo::transaction& tx) {
    auto invoices = pgrepo::repository_of<Invoice>(tx);
    invoices.count();
}
