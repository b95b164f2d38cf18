#pragma once

// What one library can do. Each library is a program of its own (clients/*.cpp and measure.cpp), which measures once and
// ends: what one leaves in the allocator and the caches is not the next one's.
//
// An ability is a small interface and, in `client`, the function that makes it: connected to what the configuration names,
// with its statements prepared. Null: the library cannot do it, and `--list` says so.

#include "records.hpp"
#include "users.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// W1, W2, W4.
struct reader {
    virtual ~reader() = default;
    /// The user with this id, in one round trip.
    virtual std::optional<User> find(const pgrepo::uuid& id) = 0;
    virtual std::vector<User> find_all() = 0;
    /// Those with these ids, in one round trip, in the order of the ids where the library does that.
    virtual std::vector<User> find_by_ids(const std::vector<pgrepo::uuid>& ids) = 0;
};

/// W2-stream.
struct streamer {
    virtual ~streamer() = default;
    /// Every user, `times` over, without holding them all.
    virtual void for_each(std::int32_t times, const std::function<void(const User&)>& see) = 0;
};

/// W3-single, W3-pipeline, W3-unnest, W3-copy: one ability for each way.
struct writer {
    virtual ~writer() = default;
    virtual void write(std::span<const NewUser> drafts) = 0;
};

/// W5: a pool of as many sessions as the configuration's pool_max, all of them open.
struct lender {
    virtual ~lender() = default;
    /// So often one session is taken and given back. Thread-safe. `yielding`: the thread gives up the processor while it
    /// holds it, without which, on one core, nobody would ever wait.
    virtual void borrow(std::int64_t times, bool yielding) = 0;
    /// Takes all sessions, one after the other, and gives them back.
    virtual void borrow_all() = 0;
};

/// W7, W12: a pool that opens sessions up to the configuration's pool_max. Thread-safe.
struct shared_finder {
    virtual ~shared_finder() = default;
    virtual std::optional<User> find(const pgrepo::uuid& id) = 0;
    /// Sessions open now.
    virtual std::size_t open() const = 0;
};

/// W8.
struct transactor {
    virtual ~transactor() = default;
    /// One statement in a transaction: a user is written.
    virtual void one(const NewUser& draft) = 0;
    /// Three: a user is read, another one written, and an order of the first.
    virtual std::optional<User> three(const pgrepo::uuid& user, const NewUser& draft, Cents total) = 0;
};

/// W9.
struct order_keeper {
    virtual ~order_keeper() = default;
    /// Writes the order and its items in one transaction. The id it was given.
    virtual pgrepo::uuid write(const NewOrder& order, std::span<const NewItem> items) = 0;
    virtual OrderWithItems read(const pgrepo::uuid& id) = 0;
};

/// W10: so many users in the order of (created_at, id).
inline constexpr std::uint32_t page_size = 50;
struct offset_pager {
    virtual ~offset_pager() = default;
    virtual std::vector<User> page(std::uint64_t offset) = 0;
};
struct keyset_pager {
    virtual ~keyset_pager() = default;
    virtual std::vector<User> after(pgrepo::timestamptz created_at, const pgrepo::uuid& id) = 0;
};

/// W11: like reader::find, through a cache in this process.
struct cached_finder {
    virtual ~cached_finder() = default;
    virtual std::optional<User> find(const pgrepo::uuid& id) = 0;
};

template <class Ability> using maker = std::unique_ptr<Ability> (*)(const pgrepo::postgres_config&);
/// The maker of an ability that a class with such a constructor has.
template <class Ability, class Class> std::unique_ptr<Ability> make(const pgrepo::postgres_config& config) {
    return std::make_unique<Class>(config);
}

struct client {
    std::string version; ///< the library and its version
    maker<reader> reads = nullptr;
    maker<streamer> streams = nullptr;
    maker<writer> writes_single = nullptr;
    maker<writer> writes_pipeline = nullptr;
    maker<writer> writes_unnest = nullptr;
    maker<writer> writes_copy = nullptr;
    maker<lender> lends = nullptr;
    maker<lender> lends_after_a_look = nullptr;
    maker<shared_finder> shares = nullptr;
    maker<shared_finder> shares_growing = nullptr; ///< of a pool that opens sessions when they are needed
    maker<transactor> transacts = nullptr;
    maker<order_keeper> keeps_orders = nullptr;
    maker<offset_pager> pages = nullptr;
    maker<keyset_pager> pages_by_key = nullptr;
    maker<cached_finder> caches = nullptr;
};

/// The library that this program is linked with. Connects to nothing.
client this_client();
