#pragma once

#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/thread_mark.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace pgrepo::detail {

struct pool_seat;

/// A place in a pool's queue: a node that whoever waits owns, linked in without an allocation. `complete` is told that
/// it is worth trying again, that a connection is its own already (`seat`), or that none is to be had (`failure`). It is called with the pool's lock held
/// and must only hand the news on: no call into the pool, nothing that blocks.
struct pool_waiter {
    using completion = void (*)(pool_waiter&) noexcept;

    explicit pool_waiter(completion how) noexcept : complete(how) {}
    pool_waiter(const pool_waiter&) = delete;
    pool_waiter& operator=(const pool_waiter&) = delete;

    completion complete;
    deadline::clock::time_point since{};
    pool_seat* seat = nullptr;
    std::optional<error> failure{};
    thread_mark thread = own_thread(); // that waits
    bool holds = false;                // has sessions already
    bool queued = false;
    bool told = false; // and has not tried yet
    pool_waiter* older = nullptr;
    pool_waiter* newer = nullptr;
};

/// The waiter that blocks its thread.
struct blocking_waiter : pool_waiter {
    blocking_waiter() noexcept
        : pool_waiter([](pool_waiter& self) noexcept { static_cast<blocking_waiter&>(self).wake.notify_one(); }) {}

    std::condition_variable wake{};
};

/// Waiters in the order they came. Whoever holds the pool's lock may use it.
class pool_queue {
public:
    [[nodiscard]] pool_waiter* oldest() const noexcept { return oldest_; }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    /// Those who were told and have not tried since.
    [[nodiscard]] std::uint32_t told() const noexcept { return told_; }

    /// By `since`: one that got a dead session and comes again does not lose its turn.
    void push(pool_waiter& waiter) noexcept {
        pool_waiter* before = newest_;
        while (before != nullptr && before->since > waiter.since) before = before->older;
        waiter.older = before;
        waiter.newer = before != nullptr ? before->newer : oldest_;
        (waiter.newer != nullptr ? waiter.newer->older : newest_) = &waiter;
        (before != nullptr ? before->newer : oldest_) = &waiter;
        waiter.queued = true;
        ++size_;
    }
    /// Does nothing for one that is not in it.
    void remove(pool_waiter& waiter) noexcept {
        if (!waiter.queued) return;
        (waiter.older != nullptr ? waiter.older->newer : oldest_) = waiter.newer;
        (waiter.newer != nullptr ? waiter.newer->older : newest_) = waiter.older;
        waiter.older = waiter.newer = nullptr;
        waiter.queued = false;
        --size_;
    }
    /// Tells the oldest that has not been told yet, if fewer were told and have not tried since than there are `free`
    /// sessions: each of those has somebody on the way already, and one more would only find it taken.
    void tell_one(std::size_t free) noexcept {
        if (told_ >= free) return;
        for (pool_waiter* waiter = oldest_; waiter != nullptr; waiter = waiter->newer) {
            if (waiter->told) continue;
            waiter->told = true;
            ++told_;
            return waiter->complete(*waiter);
        }
    }
    /// It tries now, and is to be told again if that is in vain.
    void tries(pool_waiter& waiter) noexcept {
        if (std::exchange(waiter.told, false)) --told_;
    }
    void tell_all() noexcept {
        for (pool_waiter* waiter = oldest_; waiter != nullptr; waiter = waiter->newer) waiter->complete(*waiter);
    }
    /// Ends every wait.
    void fail_all(const error& why) noexcept {
        while (oldest_ != nullptr) {
            pool_waiter& waiter = *oldest_;
            remove(waiter);
            tries(waiter);
            waiter.failure = why;
            waiter.complete(waiter);
        }
    }

private:
    pool_waiter* oldest_ = nullptr;
    pool_waiter* newest_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint32_t told_ = 0;
};

} // namespace pgrepo::detail
