// Two columns of removal would both be set, in a statement that no server reads.
// expect: [repeated_annotation] a mapping says primary_key, soft_delete
// expect: Invoice
// expect: counted<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>

struct Invoice {
    std::int64_t id{};
    std::optional<pgrepo::timestamptz> deleted_at{};
    std::optional<pgrepo::timestamptz> archived_at{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                                               pgrepo::soft_delete<&Invoice::deleted_at>>;
#else
    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                            pgrepo::soft_delete<&Invoice::deleted_at>, pgrepo::soft_delete<&Invoice::archived_at>>;
#endif
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.remove(7);
}
