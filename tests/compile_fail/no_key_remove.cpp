// expect: [no_key] this record's mapping names no primary_key
// expect: Balance
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Balance {
    std::int64_t account{};
    std::int64_t cents{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"balances">, pgrepo::primary_key<&Balance::account>>;
#else
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"balances">>;
#endif
};

void f(pgrepo::table_repository<Balance>& balances) {
    balances.remove(7);
}
