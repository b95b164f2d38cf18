// expect: [identifier_too_long] a column name has at most 63 bytes
// expect: "a_name_that_goes_on_and_on_unt
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Invoice {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    bool a_name_that_goes_on_and_on_until_it_holds_just_sixty_three_byte{};
#else
    bool a_name_that_goes_on_and_on_until_it_holds_more_than_sixty_three_b{};
#endif

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"invoices">, pgrepo::primary_key<&Invoice::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Invoice> invoices{db};
    invoices.find(7);
}
