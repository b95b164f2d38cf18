// A composite key is one annotation with several members.
// expect: [repeated_annotation] a mapping says primary_key, soft_delete
// expect: Item
// expect: counted<2>
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>

struct Item {
    std::int64_t order_id{};
    std::int32_t position{};

#if defined(PGREPO_TWIN)
    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"items">, pgrepo::primary_key<&Item::order_id, &Item::position>>;
#else
    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"items">, pgrepo::primary_key<&Item::order_id>,
                                               pgrepo::primary_key<&Item::position>>;
#endif
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Item> items{db};
    items.find({7, 2});
}
