// A version that may be NULL compares with nothing.
// expect: [version_type] the version column must be a signed integer that is never NULL
// expect: Invoice::revision
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>

struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::int32_t revision{};
#else
    std::optional<std::int32_t> revision{};
#endif
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                                               pgrepo::version<&Invoice::revision>>;
};

void f(pgrepo::table_repository<Invoice>& invoices) {
    (void)invoices.find(7);
}
