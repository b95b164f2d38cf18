// expect: [no_key] this record's mapping names no primary_key
// expect: Balance
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Balance {
    std::int64_t account{};
    std::int64_t cents{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"balances">>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Balance> balances{db};
#if defined(PGREPO_TWIN)
    balances.find_one(pgrepo::col<&Balance::account> == 7);
#else
    balances.find(7);
#endif
}
