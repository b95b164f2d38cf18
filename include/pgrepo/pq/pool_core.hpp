#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/fork_guard.hpp>
#include <pgrepo/base/pool_options.hpp>
#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/pool_counts.hpp>
#include <pgrepo/pq/pool_waiter.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <source_location>
#include <vector>

namespace pgrepo {
class loan;
}

namespace pgrepo::detail {

/// What a pool and its loans share. A session sits on a seat; a seat is vacant, being opened, idle or borrowed, and
/// whoever opens or borrows it may touch its connection without the lock.
/// It ends itself, once the pool has left it and every seat is vacant: a count of its loans would cost each of them two
/// atomic operations more.
/// No wake-up is lost: whoever makes a session or a seat free tells a waiter, and nobody gives up without having
/// looked for either under the lock.
class pool_core {
public:
    pool_core(connection_options options, pool_options limits, observer* watcher);
    pool_core(const pool_core&) = delete;
    pool_core& operator=(const pool_core&) = delete;

    [[nodiscard]] loan acquire(const call_options& options, std::source_location where);
    void give_back(std::uint32_t seat) noexcept; // the pool may be gone after it
    void close() noexcept;
    /// The pool itself needs it no more: closed, and ended with its last loan.
    void leave() noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] pool_counts counts() const noexcept;
    [[nodiscard]] host_port newest_endpoint() const;

private:
    static constexpr std::uint32_t no_seat = pool_waiter::no_seat;
    using clock = deadline::clock;

    enum class use : unsigned char { vacant, opening, idle, borrowed };
    struct seat {
        std::unique_ptr<connection> link{};
        std::source_location where{};   // who borrows it
        clock::time_point since{};      // of its present use
        std::uint32_t colder = no_seat; // while idle: the one that came back before it
        use now = use::vacant;
    };
    /// A session or a place for one, and how it was come by.
    struct claim {
        std::uint32_t seat = no_seat;
        bool opens = false; // the seat is empty
        clock::duration idle_for{};
    };

    // with the lock held
    [[nodiscard]] std::size_t free_seats() const noexcept { return idle_ + vacant_.size(); }
    [[nodiscard]] claim claim_idle(std::source_location where) noexcept;
    [[nodiscard]] claim try_claim(pool_waiter& waiter, std::source_location where) noexcept;
    // without it
    [[nodiscard]] loan lend(const call_options& options, std::source_location where);
    [[nodiscard]] loan lend_observed(const call_options& options, std::source_location where);
    [[nodiscard]] bool fit_after_idle(const claim& got) noexcept;
    [[nodiscard]] loan open_on(std::uint32_t seat, deadline limit, std::source_location where);
    [[nodiscard]] loan wait_for_one(const call_options& options, std::source_location where);
    void vacate(std::uint32_t at) noexcept;
    [[noreturn]] void exhausted(std::unique_lock<std::mutex>& lock, clock::duration waited, bool by_caller,
                                std::source_location where);

    const connection_options options_;
    const pool_options limits_;
    observer* const watcher_;

    const fork_guard born_{};
    deadline_watch watch_; // before the sessions, which use it
    mutable std::mutex mutex_{};
    std::vector<seat> seats_;
    std::uint32_t warmest_ = no_seat; // of the idle: the last one back is the first one out
    std::uint32_t idle_ = 0;
    std::uint32_t opening_ = 0;
    pool_queue queue_{};
    std::vector<std::uint32_t> vacant_{};
    host_port newest_; // where the session is that was opened last
    bool closed_ = false;
    bool left_ = false; // by its pool
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/pool_core.ipp>
#endif
