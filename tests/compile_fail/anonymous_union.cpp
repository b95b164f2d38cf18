// expect: [anonymous_union] a record must not hold an anonymous union
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
    union {
        std::int32_t number{};
        float fraction;
    };
#endif
    std::string note;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
