#include "../client.hpp"
#include "../money.hpp"

#include <pgrepo/pgrepo.hpp>

#include <thread>

namespace {

class pgrepo_reader final : public reader {
public:
    explicit pgrepo_reader(const pgrepo::postgres_config& config) : db_(config) {}
    std::optional<User> find(const pgrepo::uuid& id) override { return users_.find(id); }
    std::vector<User> find_all() override { return users_.find_all(); }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override { return users_.find_by_ids(ids); }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<User> users_{db_};
};

/// A User of another table.
struct WrittenUser {
    pgrepo::uuid id{};
    std::string email;
    std::string first_name;
    std::string last_name;
    Status status{};
    bool is_verified{};
    pgrepo::timestamptz created_at{};
    pgrepo::timestamptz updated_at{};
    std::optional<pgrepo::timestamptz> deleted_at{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"written_users">, pgrepo::primary_key<&WrittenUser::id>,
                            pgrepo::generated<&WrittenUser::id, &WrittenUser::created_at, &WrittenUser::updated_at>,
                            pgrepo::defaulted<&WrittenUser::status, &WrittenUser::is_verified>,
                            pgrepo::soft_delete<&WrittenUser::deleted_at>>;
};

class pgrepo_writer final : public writer {
public:
    explicit pgrepo_writer(const pgrepo::postgres_config& config) : db_(config) {}
    void write(std::span<const NewUser> drafts) override {
        for (const NewUser& draft : drafts) (void)users_.create(draft);
    }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<WrittenUser> users_{db_};
};

class pgrepo_lender final : public lender {
public:
    explicit pgrepo_lender(const pgrepo::postgres_config& config)
        : max_(config.pool_max),
          pool_(config.connection(), config.pool()) {
        borrow_all();
    }
    void borrow(std::int64_t times, bool yielding) override {
        for (std::int64_t i = 0; i < times; ++i) {
            const pgrepo::loan session = pool_.acquire();
            if (yielding) std::this_thread::yield();
        }
    }
    void borrow_all() override {
        std::vector<pgrepo::loan> held;
        held.reserve(max_);
        for (std::size_t i = 0; i < max_; ++i) held.push_back(pool_.acquire());
    }

private:
    std::size_t max_;
    pgrepo::pool pool_;
};

class pgrepo_shared_finder final : public shared_finder {
public:
    explicit pgrepo_shared_finder(const pgrepo::postgres_config& config) : db_(config) {}
    std::optional<User> find(const pgrepo::uuid& id) override { return users_.find(id); }
    std::size_t open() const override {
        const auto now = db_.pool().counts();
        return now.idle + now.borrowed;
    }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<User> users_{db_};
};

class pgrepo_transactor final : public transactor {
public:
    explicit pgrepo_transactor(const pgrepo::postgres_config& config) : db_(config) {}
    void one(const NewUser& draft) override {
        db_.with_transaction([&](pgrepo::transaction& tx) { (void)written_.with(tx).create(draft); });
    }
    std::optional<User> three(const pgrepo::uuid& user, const NewUser& draft, Cents total) override {
        return db_.with_transaction([&](pgrepo::transaction& tx) {
            auto found = users_.with(tx).find(user);
            (void)written_.with(tx).create(draft);
            (void)orders_.with(tx).create(NewOrder{.user_id = user, .total = total});
            return found;
        });
    }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<User> users_{db_};
    pgrepo::table_repository<WrittenUser> written_{db_};
    pgrepo::table_repository<Order> orders_{db_};
};

struct ItemDraft {
    pgrepo::uuid order_id{};
    pgrepo::uuid product_id{};
    std::int32_t quantity{};
    Cents price{};
};

class pgrepo_order_keeper final : public order_keeper {
public:
    explicit pgrepo_order_keeper(const pgrepo::postgres_config& config) : db_(config) {}
    pgrepo::uuid write(const NewOrder& order, std::span<const NewItem> items) override {
        return db_.with_transaction([&](pgrepo::transaction& tx) {
            const pgrepo::uuid id = orders_.with(tx).create(order).id;
            for (const NewItem& item : items)
                (void)items_.with(tx).create(ItemDraft{id, item.product_id, item.quantity, item.price});
            return id;
        });
    }
    OrderWithItems read(const pgrepo::uuid& id) override {
        return {orders_.find(id).value(), items_.find_all(pgrepo::col<&Item::order_id> == id)};
    }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<Order> orders_{db_};
    pgrepo::table_repository<Item> items_{db_};
};

class pgrepo_pager final : public offset_pager {
public:
    explicit pgrepo_pager(const pgrepo::postgres_config& config) : db_(config) {}
    std::vector<User> page(std::uint64_t offset) override {
        return users_
            .find_page({}, pgrepo::order_by(pgrepo::asc<&User::created_at>, pgrepo::asc<&User::id>),
                       {.limit = page_size, .offset = offset, .total = pgrepo::total::none})
            .items;
    }

private:
    pgrepo::postgres_service db_;
    pgrepo::table_repository<User> users_{db_};
};

} // namespace

client this_client() {
    // What is not named here, pgrepo cannot do yet: benchmarks/lib/bench_plan.py says so.
    return {.version = "pgrepo " PGREPO_BENCH_VERSION,
            .reads = make<reader, pgrepo_reader>,
            .writes_single = make<writer, pgrepo_writer>,
            .lends = make<lender, pgrepo_lender>,
            .lends_after_a_look = make<lender, pgrepo_lender>,
            .shares = make<shared_finder, pgrepo_shared_finder>,
            .shares_growing = make<shared_finder, pgrepo_shared_finder>,
            .transacts = make<transactor, pgrepo_transactor>,
            .keeps_orders = make<order_keeper, pgrepo_order_keeper>,
            .pages = make<offset_pager, pgrepo_pager>};
}
