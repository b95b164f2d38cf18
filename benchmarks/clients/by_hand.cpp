#include "../by_hand.hpp"

#include "../by_hand_orders.hpp"
#include "../by_hand_pages.hpp"
#include "../by_hand_pool.hpp"
#include "../by_hand_streaming.hpp"
#include "../by_hand_writing.hpp"
#include "../client.hpp"

#include <cerrno>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>

namespace {

class hand_reader final : public reader {
public:
    explicit hand_reader(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare(session_.get());
    }
    std::optional<User> find(const pgrepo::uuid& id) override { return by_hand::find(session_.get(), id); }
    std::vector<User> find_all() override { return by_hand::find_all(session_.get()); }
    std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) override {
        return by_hand::find_by_ids(session_.get(), ids);
    }

private:
    by_hand::connection session_;
};

class hand_streamer final : public streamer {
public:
    explicit hand_streamer(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare_stream(session_.get());
    }
    void for_each(std::int32_t times, const std::function<void(const User&)>& see) override {
        by_hand::for_each(session_.get(), times, see);
    }

private:
    by_hand::connection session_;
};

using write_function = void (*)(PGconn*, std::span<const NewUser>);
void write_singly(PGconn* connection, std::span<const NewUser> drafts) {
    for (const NewUser& draft : drafts) (void)by_hand::create(connection, draft);
}
template <write_function Write> class hand_writer final : public writer {
public:
    explicit hand_writer(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare_writing(session_.get());
    }
    void write(std::span<const NewUser> drafts) override { Write(session_.get(), drafts); }

private:
    by_hand::connection session_;
};

struct session { // what a pool lends
    by_hand::connection connection;
};
/// Whether the server has sent nothing, least of all the end: an idle session's socket is silent.
bool is_silent(PGconn* connection) {
    char byte;
    return recv(PQsocket(connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}
template <bool Looking> class hand_lender final : public lender {
public:
    explicit hand_lender(const pgrepo::postgres_config& config)
        : max_(config.pool_max),
          pool_(max_, [config] { return std::make_unique<session>(session{by_hand::connect(config)}); }) {
        borrow_all();
    }
    void borrow(std::int64_t times, bool yielding) override {
        for (std::int64_t i = 0; i < times; ++i) {
            const auto lease = take();
            if (yielding) std::this_thread::yield();
        }
    }
    void borrow_all() override {
        std::vector<pool::lease> held;
        held.reserve(max_);
        for (std::size_t i = 0; i < max_; ++i) held.push_back(take());
    }

private:
    using pool = by_hand::pool<session>;
    pool::lease take() {
        auto lease = pool_.acquire();
        if constexpr (Looking)
            if (!is_silent(lease->connection.get())) throw std::runtime_error("an idle session of the baseline broke");
        return lease;
    }
    std::size_t max_;
    pool pool_;
};

class hand_shared_finder final : public shared_finder {
public:
    explicit hand_shared_finder(const pgrepo::postgres_config& config)
        : pool_(config.pool_max, [config] {
              auto opened = std::make_unique<session>(session{by_hand::connect(config)});
              by_hand::prepare_find(opened->connection.get());
              return opened;
          }) {}
    std::optional<User> find(const pgrepo::uuid& id) override {
        const auto lease = pool_.acquire();
        return by_hand::find(lease->connection.get(), id);
    }
    std::size_t open() const override { return pool_.open_count(); }

private:
    by_hand::pool<session> pool_;
};

class hand_transactor final : public transactor {
public:
    explicit hand_transactor(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare_transactions(session_.get());
    }
    void one(const NewUser& draft) override { (void)by_hand::create_in_transaction(session_.get(), draft); }
    std::optional<User> three(const pgrepo::uuid& user, const NewUser& draft, Cents total) override {
        return by_hand::three_in_transaction(session_.get(), user, draft, total);
    }

private:
    by_hand::connection session_;
};

class hand_order_keeper final : public order_keeper {
public:
    explicit hand_order_keeper(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare_transactions(session_.get());
    }
    pgrepo::uuid write(const NewOrder& order, std::span<const NewItem> items) override {
        return by_hand::write_order(session_.get(), order, items);
    }
    OrderWithItems read(const pgrepo::uuid& id) override { return by_hand::read_order(session_.get(), id); }

private:
    by_hand::connection session_;
};

class hand_pager final : public offset_pager, public keyset_pager {
public:
    explicit hand_pager(const pgrepo::postgres_config& config) : session_(by_hand::connect(config)) {
        by_hand::prepare_pages(session_.get(), page_size);
    }
    std::vector<User> page(std::uint64_t offset) override { return by_hand::page(session_.get(), offset, page_size); }
    std::vector<User> after(pgrepo::timestamptz created_at, const pgrepo::uuid& id) override {
        return by_hand::page_after(session_.get(), created_at, id);
    }

private:
    by_hand::connection session_;
};

/// The least that a cache is: a hash table and a mutex.
class hand_cached_finder final : public cached_finder {
public:
    explicit hand_cached_finder(const pgrepo::postgres_config& config) : uncached_(config) {}
    std::optional<User> find(const pgrepo::uuid& id) override {
        {
            const std::lock_guard lock(mutex_);
            if (const auto found = users_.find(id); found != users_.end()) return found->second;
        }
        std::optional<User> user = uncached_.find(id);
        if (user) {
            const std::lock_guard lock(mutex_);
            users_.emplace(id, *user);
        }
        return user;
    }

private:
    hand_reader uncached_;
    std::mutex mutex_{};
    std::unordered_map<pgrepo::uuid, User, by_hand::first_half> users_{};
};

} // namespace

client this_client() {
    return {.version = "libpq " + std::to_string(PQlibVersion() / 10000) + "." + std::to_string(PQlibVersion() % 10000),
            .reads = make<reader, hand_reader>,
            .streams = make<streamer, hand_streamer>,
            .writes_single = make<writer, hand_writer<write_singly>>,
            .writes_pipeline = make<writer, hand_writer<by_hand::write_by_pipeline>>,
            .writes_unnest = make<writer, hand_writer<by_hand::write_by_unnest>>,
            .writes_copy = make<writer, hand_writer<by_hand::write_by_copy>>,
            .lends = make<lender, hand_lender<false>>,
            .lends_after_a_look = make<lender, hand_lender<true>>,
            .shares = make<shared_finder, hand_shared_finder>,
            .shares_growing = make<shared_finder, hand_shared_finder>,
            .transacts = make<transactor, hand_transactor>,
            .keeps_orders = make<order_keeper, hand_order_keeper>,
            .pages = make<offset_pager, hand_pager>,
            .pages_by_key = make<keyset_pager, hand_pager>,
            .caches = make<cached_finder, hand_cached_finder>};
}
