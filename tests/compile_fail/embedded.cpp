// What is embedded is a struct of columns, and a text is a column.
// expect: [embedded] an embedded field must be a plain struct of columns
// expect: Invoice::total
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <string>

struct Money {
    std::int64_t cents{};
};
struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    Money total{};
#else
    std::string total;
#endif
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>,
                                               pgrepo::embedded<&Invoice::total, "total_">>;
};

void f(pgrepo::table_repository<Invoice>& invoices) {
    (void)invoices.find(7);
}
