#pragma once

#include <pgrepo/pq/loan.hpp>
#include <pgrepo/pq/pool_core.hpp>
#include <pgrepo/pq/server_error.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL pool_core::pool_core(connection_options options, pool_options limits, observer* watcher)
    : options_(std::move(options)),
      limits_(limits),
      watcher_(watcher),
      watch_(limits.max),
      newest_{options_.host, options_.port} {
    if (limits_.max == 0) raise(error_kind::configuration, "the pool's max is 0; it must be 1 or more");
    seats_.resize(limits_.max);
    vacant_.reserve(limits_.max); // from here on giving back allocates nothing
    for (std::uint32_t i = limits_.max; i > 0; --i) vacant_.push_back(i - 1);
}

/// Where a call was made: "file.cpp:12".
PGREPO_DECL std::string line_of(std::source_location where) {
    return where.line() == 0 ? std::string("an unknown line")
                             : escaped(where.file_name(), 200) + ":" + std::to_string(where.line());
}

PGREPO_DECL pool_core::claim pool_core::claim_idle(std::source_location where) noexcept {
    claim got{.seat = warmest_};
    if (got.seat == no_seat) return got;
    seat& taken = seats_[got.seat];
    const auto now = deadline::coarse_now();
    warmest_ = taken.colder;
    --idle_;
    got.idle_for = now - taken.since;
    taken.now = use::borrowed;
    taken.where = where;
    taken.since = now;
    return got;
}

PGREPO_DECL pool_core::claim pool_core::try_claim(pool_waiter& waiter, std::source_location where) noexcept {
    claim got;
    queue_.tries(waiter);
    if (waiter.seat != no_seat) {
        got.seat = std::exchange(waiter.seat, no_seat); // handed over, borrowed in our name
        seats_[got.seat].where = where;
    } else if (warmest_ != no_seat) {
        got = claim_idle(where);
    } else if (!vacant_.empty()) {
        got = {.seat = vacant_.back(), .opens = true};
        vacant_.pop_back();
        ++opening_;
        seat& taken = seats_[got.seat];
        taken.now = use::opening;
        taken.where = where;
        taken.since = deadline::coarse_now();
    } else {
        return got;
    }
    queue_.remove(waiter);
    return got;
}

PGREPO_DECL bool pool_core::fit_after_idle(const claim& got) noexcept {
    static constexpr auto trusted_idle = std::chrono::milliseconds(10);
    if (got.idle_for < trusted_idle) return true;
    connection& link = *seats_[got.seat].link;
    if (link.alive_after_idle()) return true;
    link.close("broken");
    vacate(got.seat);
    return false;
}

PGREPO_DECL loan pool_core::acquire(const call_options& options, std::source_location where) {
    // First: the lock may have been held by a thread that this process does not have.
    if (born_.in_child())
        raise(error_kind::usage,
              "the pool belongs to the process that this one was forked from; make a service of its own in the child, "
              "after the fork; nothing was sent",
              {}, where);
    return watcher_ == nullptr ? lend(options, where) : lend_observed(options, where);
}

PGREPO_DECL loan pool_core::lend_observed(const call_options& options, std::source_location where) {
    const auto start = clock::now();
    try {
        loan got = lend(options, where);
        const auto waited = clock::now() - start;
        got->note_queue(waited);
        watcher_->on_acquire({.waited = waited, .where = where});
        return got;
    } catch (const error& failure) {
        watcher_->on_acquire({.waited = clock::now() - start, .where = where, .failure = &failure});
        throw;
    }
}

PGREPO_DECL loan pool_core::lend(const call_options& options, std::source_location where) {
    claim got;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) got = claim_idle(where);
    }
    if (got.seat != no_seat && fit_after_idle(got)) return loan(*this, got.seat, *seats_[got.seat].link);
    return wait_for_one(options, where);
}

PGREPO_DECL loan pool_core::wait_for_one(const call_options& options, std::source_location where) {
    const deadline limit = options.deadline;
    blocking_waiter waiter;
    const auto wake = [&]() noexcept {
        const std::lock_guard lock(mutex_); // between its look at the token and its wait nothing is missed
        waiter.wake.notify_one();
    };
    std::optional<std::stop_callback<decltype(wake)>> stops;
    if (options.stop.stop_possible()) stops.emplace(options.stop, wake);
    deadline patience; // counts from the first wait on
    clock::time_point start{};

    std::unique_lock lock(mutex_);
    for (;;) {
        const claim got = closed_ && waiter.seat == no_seat ? claim{} : try_claim(waiter, where);
        if (got.seat != no_seat) {
            lock.unlock();
            if (got.opens) return open_on(got.seat, limit, where);
            if (fit_after_idle(got)) return loan(*this, got.seat, *seats_[got.seat].link);
            lock.lock();
            continue;
        }
        if (closed_) {
            queue_.remove(waiter);
            lock.unlock();
            raise(error_kind::closed, "the pool is closed", {}, where);
        }
        if (options.stop.stop_requested()) {
            queue_.remove(waiter);
            lock.unlock();
            raise(error_kind::cancelled, "the call was stopped while it waited for a connection; nothing was sent", {},
                  where);
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

PGREPO_DECL loan pool_core::open_on(std::uint32_t at, deadline limit, std::source_location where) {
    std::unique_ptr<connection> opened;
    host_port endpoint;
    try {
        opened = connection::open(options_, limit, watcher_);
        endpoint = opened->endpoint();
        opened->watch_deadlines(&watch_.post(at));
    } catch (...) {
        vacate(at);
        throw;
    }
    std::unique_lock lock(mutex_);
    if (closed_) {
        lock.unlock();
        opened.reset();
        vacate(at);
        raise(error_kind::closed, "the pool was closed", {}, where);
    }
    --opening_;
    newest_ = std::move(endpoint);
    seat& mine = seats_[at];
    mine.link = std::move(opened);
    mine.now = use::borrowed;
    mine.since = deadline::coarse_now();
    return loan(*this, at, *mine.link);
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
    if (born_.in_child()) return; // the parent's
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
            returned.since = deadline::coarse_now();
            pool_waiter* const oldest = queue_.oldest();
            if (oldest != nullptr && clock::now() - oldest->since >= starving) {
                queue_.remove(*oldest);
                queue_.tries(*oldest);
                oldest->seat = at; // stays borrowed
                oldest->complete(*oldest);
                queue_.tell_one(free_seats()); // what it had been told of is another's now
                return;
            }
            returned.now = use::idle;
            returned.colder = std::exchange(warmest_, at);
            ++idle_;
            queue_.tell_one(free_seats());
            return;
        }
    }
    link.close("closed");
    vacate(at);
}

PGREPO_DECL void pool_core::vacate(std::uint32_t at) noexcept {
    std::unique_ptr<connection> gone; // destroyed after the lock is released, and before what it uses
    bool last = false;
    {
        const std::lock_guard lock(mutex_);
        seat& left = seats_[at];
        gone = std::move(left.link);
        if (left.now == use::opening) --opening_;
        left.now = use::vacant;
        vacant_.push_back(at);
        queue_.tell_one(free_seats());
        last = left_ && vacant_.size() == seats_.size();
    }
    if (!last) return;
    gone.reset();
    const std::unique_ptr<pool_core> ended(this);
}

PGREPO_DECL void pool_core::leave() noexcept {
    if (born_.in_child()) {
        // The rest is left as it is: there is no thread to join, and the lock may be held for ever.
        for (seat& each : seats_)
            if (each.link) each.link->close("forked");
        return;
    }
    close();
    {
        const std::lock_guard lock(mutex_);
        left_ = true;
        if (vacant_.size() != seats_.size()) return; // whoever ends the last loan ends this too
    }
    const std::unique_ptr<pool_core> ended(this);
}

PGREPO_DECL void pool_core::close() noexcept {
    if (born_.in_child()) return;
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = !std::exchange(closed_, true);
        if (first) queue_.tell_all();
    }
    if (first && watcher_ != nullptr) watcher_->on_pool({.established = false, .max = limits_.max});
    for (;;) {
        std::unique_ptr<connection> one; // one at a time: no allocation, and no goodbye under the lock
        const std::lock_guard lock(mutex_);
        if (warmest_ == no_seat) return;
        const std::uint32_t at = std::exchange(warmest_, seats_[warmest_].colder);
        --idle_;
        seats_[at].now = use::vacant;
        vacant_.push_back(at);
        one = std::move(seats_[at].link);
    }
}

PGREPO_DECL bool pool_core::is_closed() const noexcept {
    const std::lock_guard lock(mutex_);
    return closed_;
}

PGREPO_DECL host_port pool_core::newest_endpoint() const {
    const std::lock_guard lock(mutex_);
    return newest_;
}

PGREPO_DECL pool_counts pool_core::counts() const noexcept {
    const std::lock_guard lock(mutex_);
    const auto total = limits_.max - static_cast<std::uint32_t>(vacant_.size());
    return {.max = limits_.max,
            .total = total,
            .idle = idle_,
            .borrowed = total - idle_ - opening_,
            .waiting = queue_.size()};
}

} // namespace pgrepo::detail
