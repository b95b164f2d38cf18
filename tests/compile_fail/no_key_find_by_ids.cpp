// expect: [no_key] this record's mapping names no primary_key
// expect: Balance
// refuse: [composite_find_by_ids]
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <vector>

struct Balance {
    std::int64_t account{};
    std::int64_t cents{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"balances">, pgrepo::primary_key<&Balance::account>>;
#else
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"balances">>;
#endif
};

void f(pgrepo::table_repository<Balance>& balances, const std::vector<std::int64_t>& accounts) {
    balances.find_by_ids(accounts);
}
