// expect: [repository_types] a Repository has types record_type and key_type
// expect: Fake
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

#include <tuple>
#include <vector>

struct Fake {
#if defined(PGREPO_TWIN)
    using record_type = ItemRecord;
#endif
    using key_type = std::tuple<std::int64_t, std::int32_t>;

    std::optional<ItemRecord> find(const key_type&);
    std::vector<ItemRecord> find_by_ids(const std::vector<key_type>&);
    template <class Where, class Order = pgrepo::ordering<>> std::optional<ItemRecord> find_one(Where, Order = {});
    std::vector<ItemRecord> find_all();
    template <class Where, class Order> std::vector<ItemRecord> find_all(Where, Order);
    template <class Where, class Order> pgrepo::page<ItemRecord> find_page(Where, Order, pgrepo::page_request);
    template <class Where> std::int64_t count(Where);
    template <class Where> bool exists(Where);
    template <class Draft> ItemRecord create(const Draft&);
    template <class Patch> ItemRecord update(const key_type&, const Patch&);
    bool remove(const key_type&);
    template <class Executor> Fake with(Executor&);
};

static_assert(pgrepo::check_repository<Fake>());
