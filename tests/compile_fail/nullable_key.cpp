// expect: [nullable_key] a column of the primary key is never NULL
// expect: Invoice::id
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>
#include <vector>

struct Invoice {
#if defined(PGREPO_TWIN)
    std::int64_t id{};
#else
    std::optional<std::int64_t> id{};
#endif
    std::int64_t total{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
    invoices.find_by_ids(std::vector{Invoice{}.id});
}
