#pragma once

#include <pgrepo/pq/loan.hpp>
#include <pgrepo/pq/pool_core.hpp>
#include <pgrepo/pq/server_error.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL pool_core::pool_core(connection_options options, pool_options limits, observer* watcher)
    : options_(std::move(options)),
      limits_(limits),
      watcher_(watcher),
      watch_(limits.max) {
    if (limits_.max == 0) raise(error_kind::configuration, "the pool's max is 0; it must be 1 or more");
    seats_.resize(limits_.max);
    idle_.reserve(limits_.max); // from here on giving back allocates nothing
    vacant_.reserve(limits_.max);
    for (std::uint32_t i = limits_.max; i > 0; --i) vacant_.push_back(i - 1);
}

/// Where a call was made: "file.cpp:12".
PGREPO_DECL std::string line_of(std::source_location where) {
    return where.line() == 0 ? std::string("an unknown line")
                             : escaped(where.file_name(), 200) + ":" + std::to_string(where.line());
}

PGREPO_DECL pool_core::claim pool_core::try_claim(pool_waiter& waiter, std::source_location where) noexcept {
    claim got;
    waiter.told = false;
    if (waiter.seat != no_seat) {
        got.seat = std::exchange(waiter.seat, no_seat); // handed over, borrowed in our name
    } else if (!idle_.empty()) {
        got.seat = idle_.back();
        idle_.pop_back();
    } else if (!vacant_.empty()) {
        got.seat = vacant_.back();
        vacant_.pop_back();
        got.opens = true;
        ++opening_;
    } else {
        return got;
    }
    queue_.remove(waiter);
    seat& taken = seats_[got.seat];
    const auto now = clock::now();
    if (!got.opens && taken.now == use::idle) got.idle_for = now - taken.since;
    taken.now = got.opens ? use::opening : use::borrowed;
    taken.where = where;
    taken.since = now;
    return got;
}

PGREPO_DECL loan pool_core::acquire(const std::shared_ptr<pool_core>& self, deadline limit,
                                    std::source_location where) {
    static constexpr auto trusted_idle = std::chrono::milliseconds(10);
    blocking_waiter waiter;
    deadline patience; // counts from the first wait on
    clock::time_point start{};

    std::unique_lock lock(mutex_);
    for (;;) {
        const claim got = closed_ && waiter.seat == no_seat ? claim{} : try_claim(waiter, where);
        if (got.seat != no_seat) {
            lock.unlock();
            seat& mine = seats_[got.seat];
            if (!got.opens) {
                if (got.idle_for < trusted_idle || mine.link->alive_after_idle())
                    return loan(self, got.seat, *mine.link);
                mine.link->close("broken");
                vacate(got.seat);
                lock.lock();
                continue;
            }
            std::unique_ptr<connection> opened;
            try {
                opened = connection::open(options_, limit, watcher_);
                opened->watch_deadlines(&watch_.post(got.seat));
            } catch (...) {
                vacate(got.seat);
                throw;
            }
            lock.lock();
            if (closed_) {
                lock.unlock();
                opened.reset();
                vacate(got.seat);
                raise(error_kind::closed, "the pool was closed", {}, where);
            }
            --opening_;
            mine.link = std::move(opened);
            mine.now = use::borrowed;
            mine.since = clock::now();
            return loan(self, got.seat, *mine.link);
        }
        if (closed_) {
            queue_.remove(waiter);
            lock.unlock();
            raise(error_kind::closed, "the pool is closed", {}, where);
        }
        if (!waiter.queued) {
            if (patience.is_never()) {
                start = clock::now();
                patience = deadline::in(limits_.acquire_timeout);
                waiter.since = start;
            }
            queue_.push(waiter);
        }
        const deadline until = earlier(limit, patience);
        if (until.passed()) {
            queue_.remove(waiter);
            exhausted(lock, clock::now() - start, until == limit, where);
        }
        if (until.is_never())
            waiter.wake.wait(lock);
        else
            waiter.wake.wait_until(lock, until.at());
    }
}

PGREPO_DECL void pool_core::exhausted(std::unique_lock<std::mutex>& lock, clock::duration waited, bool by_caller,
                                      std::source_location where) {
    struct holder {
        std::source_location where;
        clock::time_point since;
    };
    std::vector<holder> holders;
    std::size_t borrowed = 0;
    for (const seat& each : seats_) {
        if (each.now != use::borrowed) continue;
        if (++borrowed <= 8) holders.push_back({each.where, each.since});
    }
    const std::uint32_t opening = opening_;
    lock.unlock();

    const auto milliseconds = [](clock::duration span) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count()) + " ms";
    };
    std::string text = "no connection came free: max " + std::to_string(limits_.max) + ", ";
    text += opening == 0 ? "all borrowed"
                         : std::to_string(borrowed) + " borrowed and " + std::to_string(opening) + " being opened";
    text += "; waited " + milliseconds(waited);
    const auto now = clock::now();
    for (std::size_t i = 0; i < holders.size(); ++i)
        text +=
            (i == 0 ? "; held by " : ", ") + line_of(holders[i].where) + " for " + milliseconds(now - holders[i].since);
    if (borrowed > holders.size()) text += " and " + std::to_string(borrowed - holders.size()) + " more";
    text += by_caller ? ". The call's own deadline ended the wait"
                      : ". Give connections back sooner, or raise the pool's max or its acquire_timeout";
    raise(by_caller ? error_kind::deadline_exceeded : error_kind::pool_exhausted, std::move(text), {}, where);
}

PGREPO_DECL void pool_core::give_back(std::uint32_t at) noexcept {
    static constexpr auto starving = std::chrono::milliseconds(50);
    seat& returned = seats_[at]; // still ours
    connection& link = *returned.link;
    const auto status = link.status();
    const bool fit = link.usable() && status == transaction_status::idle;
    if (!fit) {
        if (link.usable() && watcher_ != nullptr) {
            try {
                const std::string text = "a connection came back " + std::string(to_string(status)) +
                                         " and was closed, which rolls back; it was borrowed at " +
                                         line_of(returned.where);
                watcher_->on_warning({.code = "returned_busy", .message = text, .where = returned.where});
            } catch (...) { // out of memory for the text: the connection is closed all the same
            }
        }
        link.close(link.usable() ? "not idle" : "broken");
        return vacate(at);
    }
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            const auto now = clock::now();
            pool_waiter* const oldest = queue_.oldest();
            if (oldest != nullptr && now - oldest->since >= starving) {
                queue_.remove(*oldest);
                oldest->seat = at; // stays borrowed
                returned.since = now;
                oldest->complete(*oldest);
                return;
            }
            returned.now = use::idle;
            returned.since = now;
            idle_.push_back(at);
            queue_.tell_one();
            return;
        }
    }
    link.close("closed");
    vacate(at);
}

PGREPO_DECL void pool_core::vacate(std::uint32_t at) noexcept {
    std::unique_ptr<connection> gone; // destroyed after the lock is released
    const std::lock_guard lock(mutex_);
    seat& left = seats_[at];
    gone = std::move(left.link);
    if (left.now == use::opening) --opening_;
    left.now = use::vacant;
    vacant_.push_back(at);
    queue_.tell_one();
}

PGREPO_DECL void pool_core::close() noexcept {
    for (;;) {
        std::unique_ptr<connection> one; // one at a time: no allocation, and no goodbye under the lock
        const std::lock_guard lock(mutex_);
        if (!std::exchange(closed_, true)) queue_.tell_all();
        if (idle_.empty()) return;
        const std::uint32_t at = idle_.back();
        idle_.pop_back();
        seats_[at].now = use::vacant;
        vacant_.push_back(at);
        one = std::move(seats_[at].link);
    }
}

PGREPO_DECL bool pool_core::is_closed() const noexcept {
    const std::lock_guard lock(mutex_);
    return closed_;
}

PGREPO_DECL pool_counts pool_core::counts() const noexcept {
    const std::lock_guard lock(mutex_);
    const auto total = limits_.max - static_cast<std::uint32_t>(vacant_.size());
    const auto idle = static_cast<std::uint32_t>(idle_.size());
    return {.max = limits_.max,
            .total = total,
            .idle = idle,
            .borrowed = total - idle - opening_,
            .waiting = queue_.size()};
}

} // namespace pgrepo::detail
