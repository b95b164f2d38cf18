#pragma once

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/impl/pool_seats.ipp>
#include <pgrepo/pq/pool_close_report.hpp>
#include <pgrepo/pq/pool_core.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL pool_core::seat_block::seat_block(std::uint32_t count) : watch(count), seats(count) {
    for (std::uint32_t i = 0; i < count; ++i) seats[i].post = &watch.post(i);
}

PGREPO_DECL pool_core::pool_core(connection_options options, pool_options limits, observer* watcher)
    : watcher_(watcher),
      limits_(limits),
      options_(std::move(options)),
      newest_{options_.host, options_.port} {
    if (limits_.max == 0) raise(error_kind::configuration, "the pool's max is 0; it must be 1 or more");
    if (limits_.min > limits_.max)
        raise(error_kind::configuration, "the pool's min is larger than its max; lower min or raise max");
    if (limits_.connect_concurrency == 0)
        raise(error_kind::configuration, "the pool's connect_concurrency is 0; it must be 1 or more");
    add_seats(limits_.max); // from here on giving back allocates nothing
    next_look_ = planned_ = time_point::max();
    program_end::instance().enter(at_end_, *this);
}

PGREPO_DECL void pool_core::add_seats(std::uint32_t count) {
    blocks_.push_back(std::make_unique<seat_block>(count));
    for (pool_seat& each : blocks_.back()->seats) each.next = std::exchange(vacant_, &each);
    seats_ += count;
}

// ---- the pool as a whole

PGREPO_DECL void pool_core::resize(std::uint32_t max) {
    if (max == 0) raise(error_kind::configuration, "the pool's max cannot become 0; it must be 1 or more");
    lock_type lock(mutex_);
    if (max > seats_) add_seats(max - seats_);
    limits_.max = max;
    std::uint32_t surplus = total_ > max ? total_ - max : 0;
    each_seat([&](pool_seat& each) { // of those that are borrowed the first that come back
        if (surplus == 0 || each.now != pool_seat::use::idle) return;
        expire(each, closing::surplus);
        --surplus;
    });
    look_now();
    end_idle(lock, clock::now());
}

PGREPO_DECL void pool_core::leave() noexcept {
    if (born_.in_child()) {
        // The rest is left as it is: there is no thread to join, and the lock may be held for ever.
        each_seat([](pool_seat& each) {
            if (each.link) each.link->close("forked");
        });
        return;
    }
    program_end::instance().leave(at_end_);
    close();
    stop_threads();
    {
        const std::lock_guard lock(mutex_);
        left_ = true;
        if (!over()) return; // whoever ends the last loan ends this too
    }
    const std::unique_ptr<pool_core> ended(this);
}

/// They know already that they are to end.
PGREPO_DECL void pool_core::stop_threads() noexcept {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
    }
    for (std::thread& each : threads) {
        if (each.get_id() == std::this_thread::get_id())
            each.detach(); // an observer ends the program
        else
            each.join();
    }
}

PGREPO_DECL void pool_core::halt() noexcept {
    if (born_.in_child()) return;
    {
        const std::lock_guard lock(mutex_);
        halted_ = true;
        queue_.tell_all();
        each_seat([](pool_seat& each) {
            if (each.now == pool_seat::use::opening) each.post->end();
        });
        stir();
    }
    stop_threads();
}

PGREPO_DECL std::uint32_t pool_core::close() noexcept {
    if (born_.in_child()) return 0;
    bool first = false;
    std::uint32_t max = 0;
    std::uint32_t lent = 0;
    {
        const std::lock_guard lock(mutex_);
        max = limits_.max;
        lent = in_use();
        first = !std::exchange(closed_, true);
        if (first) {
            queue_.tell_all();
            each_seat([](pool_seat& each) {
                if (each.now == pool_seat::use::opening) each.post->end();
            });
            stir();
        }
    }
    if (first && watcher_ != nullptr) watcher_->on_pool({.established = false, .max = max});
    for (;;) {
        std::unique_ptr<connection> one; // one at a time: no allocation, and no goodbye under the lock
        const std::lock_guard lock(mutex_);
        if (warmest_ == nullptr) return lent;
        pool_seat& seat = *std::exchange(warmest_, warmest_->next);
        --idle_;
        ++counted_.closings.closed;
        one = vacate(seat);
    }
}

PGREPO_DECL pool_close_report pool_core::close(deadline limit) noexcept {
    static constexpr auto grace = std::chrono::seconds(1); // for those that are told to stop
    pool_close_report report;
    if (born_.in_child()) return report;
    const auto before = close();
    lock_type lock(mutex_);
    const auto empty = [&] { return total_ == 0; };
    if (limit.is_never())
        drained_.wait(lock, empty);
    else
        drained_.wait_until(lock, limit.at(), empty);
    const auto late = in_use();
    report.drained = before - late;
    if (total_ == 0) return report;
    each_seat([](pool_seat& each) {
        if (each.now == pool_seat::use::borrowed) each.post->end();
    });
    drained_.wait_for(lock, grace, empty);
    report.left = in_use();
    report.cancelled = late - report.left;
    return report;
}

PGREPO_DECL bool pool_core::is_closed() const noexcept {
    const std::lock_guard lock(mutex_);
    return closed_;
}

PGREPO_DECL host_port pool_core::newest_endpoint() const {
    const std::lock_guard lock(mutex_);
    return newest_;
}

} // namespace pgrepo::detail
