// expect: [read_only] the patch has a field that the mapping calls read_only or touched
// expect: total
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>

struct Invoice {
    std::int64_t id{};
    std::int64_t total{};
    std::int64_t paid{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                                               pgrepo::read_only<&Invoice::total>>;
};
struct Patch {
    std::optional<std::int64_t> paid{};
#if !defined(PGREPO_TWIN)
    std::optional<std::int64_t> total{};
#endif
};

void f(pgrepo::table_repository<Invoice>& invoices) {
    invoices.update(7, Patch{.paid = 1});
}
