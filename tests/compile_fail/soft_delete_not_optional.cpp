// expect: [soft_delete_not_optional] the soft_delete column must be a std::optional
// expect: Invoice::deleted_at
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>

struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::optional<pgrepo::timestamptz> deleted_at{};
#else
    pgrepo::timestamptz deleted_at{};
#endif

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                                               pgrepo::soft_delete<&Invoice::deleted_at>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.restore(7);
}
