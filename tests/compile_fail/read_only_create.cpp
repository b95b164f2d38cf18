// expect: [read_only] the struct given to create has a field that the mapping calls read_only
// expect: total
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
    std::int64_t id{};
    std::int64_t total{};
    std::int64_t paid{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                                               pgrepo::read_only<&Invoice::total>>;
};
struct Draft {
    std::int64_t id{};
    std::int64_t paid{};
#if !defined(PGREPO_TWIN)
    std::int64_t total{};
#endif
};

void f(pgrepo::table_repository<Invoice>& invoices) {
    (void)invoices.create(Draft{.id = 7});
}
