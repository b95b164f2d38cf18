// expect: [bit_field] a record must not hold a bit-field
// expect: some_field
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string>

struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::int32_t number{};
#else
    std::int32_t number : 7;
#endif
    std::string note;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
