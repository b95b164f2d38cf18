// A zero byte would end the statement's text there.
// expect: [column_name] a column name is UTF-8 without a zero byte
// expect: Invoice
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <string>

struct Invoice {
    std::int64_t id{};
    std::string total;

#if defined(PGREPO_TWIN)
    using total_column = pgrepo::renamed<&Invoice::total, "total due">;
#else
    using total_column = pgrepo::renamed<&Invoice::total, "total\0due">;
#endif
    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>, total_column>;
};

void f(pgrepo::table_repository<Invoice>& invoices) {
    (void)invoices.find(7);
}
