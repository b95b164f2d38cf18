// expect: [repeated_column] two fields of the record have the same column
// expect: total
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
    std::int64_t id{};
    std::int64_t total{};
    std::int64_t paid{};

#if defined(PGREPO_TWIN)
    using paid_column = pgrepo::renamed<&Invoice::paid, "total paid">;
#else
    using paid_column = pgrepo::renamed<&Invoice::paid, "total">;
#endif
    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>, paid_column>;
};

void f(pgrepo::table_repository<Invoice>& invoices) {
    (void)invoices.find(7);
}
