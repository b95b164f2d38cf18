// expect: [const_field] a record's field must not be const
// expect: field_number<2>
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
    const std::int32_t number{};
#endif
    std::string note;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
