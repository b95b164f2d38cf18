// expect: [reference_field] a record must not hold a reference
// expect: field_number<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <array>
#include <cstdint>
#include <string>

std::int32_t none = 0;

struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    std::int32_t number{};
#else
    std::int32_t& number = none;
#endif
    std::string note;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
