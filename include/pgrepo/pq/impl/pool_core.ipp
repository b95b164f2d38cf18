#pragma once

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/loan.hpp>
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
    : options_(std::move(options)),
      limits_(limits),
      watcher_(watcher),
      newest_{options_.host, options_.port} {
    if (limits_.max == 0) raise(error_kind::configuration, "the pool's max is 0; it must be 1 or more");
    if (limits_.min > limits_.max)
        raise(error_kind::configuration, "the pool's min is larger than its max; lower min or raise max");
    if (limits_.connect_concurrency == 0)
        raise(error_kind::configuration, "the pool's connect_concurrency is 0; it must be 1 or more");
    add_seats(limits_.max); // from here on giving back allocates nothing
    ramp_ = limits_.connect_concurrency;
    next_look_ = planned_ = time_point::max();
}

PGREPO_DECL void pool_core::add_seats(std::uint32_t count) {
    blocks_.push_back(std::make_unique<seat_block>(count));
    for (pool_seat& each : blocks_.back()->seats) each.next = std::exchange(vacant_, &each);
    seats_ += count;
}

template <class Function> void pool_core::each_seat(Function function) const {
    for (const auto& block : blocks_)
        for (pool_seat& each : block->seats) function(each);
}

// ---- a loan

PGREPO_DECL void pool_core::begin_loan(pool_seat& seat, std::source_location where, time_point now) noexcept {
    static constexpr unsigned one_of = 16; // is timed exactly
    seat.now = pool_seat::use::borrowed;
    seat.where = where;
    seat.since = now;
    seat.thread = ::pthread_self();
    seat.borrower = thread_number();
    if (--seat.uses_left == 0) expire(seat, closing::uses);
    if (++acquired_ % one_of != 0) return;
    seat.notes |= pool_seat::timed;
    seat.lent = clock::now();
}

PGREPO_DECL pool_core::claim pool_core::claim_idle(std::source_location where) noexcept {
    claim got{.seat = warmest_};
    if (got.seat == nullptr) return got;
    const auto now = deadline::coarse_now();
    warmest_ = got.seat->next;
    --idle_;
    got.idle_for = now - got.seat->since;
    begin_loan(*got.seat, where, now);
    return got;
}

PGREPO_DECL pool_core::claim pool_core::try_claim(pool_waiter& waiter, std::source_location where) noexcept {
    queue_.tries(waiter);
    claim got;
    if (waiter.seat != nullptr) { // handed over, borrowed in our name
        got.seat = std::exchange(waiter.seat, nullptr);
        begin_loan(*got.seat, where, deadline::coarse_now());
    } else {
        got = claim_idle(where);
    }
    if (got.seat != nullptr) queue_.remove(waiter);
    return got;
}

PGREPO_DECL loan pool_core::acquire(const call_options& options, const pool_caller& caller) {
    // First: the lock may have been held by a thread that this process does not have.
    if (born_.in_child())
        raise(error_kind::usage,
              "the pool belongs to the process that this one was forked from; make a service of its own in the child, "
              "after the fork; nothing was sent",
              caller.statement_id, caller.where);
    return watcher_ == nullptr ? lend(options, caller) : lend_observed(options, caller);
}

PGREPO_DECL loan pool_core::lend_observed(const call_options& options, const pool_caller& caller) {
    const auto start = clock::now();
    try {
        loan got = lend(options, caller);
        const auto waited = clock::now() - start;
        got->note_queue(waited);
        watcher_->on_acquire({.waited = waited, .where = caller.where});
        return got;
    } catch (const error& failure) {
        watcher_->on_acquire({.waited = clock::now() - start, .where = caller.where, .failure = &failure});
        throw;
    }
}

PGREPO_DECL loan pool_core::lend(const call_options& options, const pool_caller& caller) {
    claim got;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) got = claim_idle(caller.where);
    }
    if (got.seat != nullptr && fit_after_idle(got, options.deadline)) [[likely]]
        return hand_over(*got.seat);
    return lend_after_wait(options, caller);
}

PGREPO_DECL loan pool_core::hand_over(pool_seat& seat) noexcept {
    if (limits_.tracer != nullptr) [[unlikely]] {
        std::unique_ptr<captured_stack> stack(new (std::nothrow) captured_stack);
        if (stack) stack->count = limits_.tracer->capture(stack->frames.data(), stack->frames.size());
        const std::lock_guard lock(mutex_);
        seat.stack.swap(stack);
    }
    return loan(*this, seat, *seat.link);
}

PGREPO_DECL bool pool_core::fit_after_idle(const claim& got, deadline limit) noexcept {
    static constexpr auto trusted_idle = std::chrono::milliseconds(10);
    if (got.idle_for < trusted_idle) return true;
    pool_seat& seat = *got.seat;
    bool alive = seat.link->alive_after_idle();
    if (alive && got.idle_for >= limits_.ping_after) [[unlikely]]
        if (const auto now = clock::now(); now - seat.checked >= limits_.ping_after && now < limit.at())
            alive = seat.link->ping(earlier(limit, deadline(now + ping_patience)));
    if (alive) return true;
    const std::uint32_t generation = seat.generation;
    if (seat.link->omen() == session_omen::server_leaves) retire_generation(generation, true);
    end(seat, closing::broken);
    return false;
}

// ---- the wait for one

PGREPO_DECL loan pool_core::lend_after_wait(const call_options& options, const pool_caller& caller) {
    const deadline limit = options.deadline;
    blocking_waiter waiter;
    const auto wake = [&]() noexcept {
        const std::lock_guard lock(mutex_); // between its look at the token and its wait nothing is missed
        waiter.wake.notify_one();
    };
    std::optional<std::stop_callback<decltype(wake)>> stops;
    if (options.stop.stop_possible()) stops.emplace(options.stop, wake);

    lock_type lock(mutex_);
    const auto leave = [&]() noexcept {
        queue_.remove(waiter);
        if (waiter.holds) static_cast<void>(mark_own_seats(false));
    };
    for (;;) {
        const claim got = closed_ && waiter.seat == nullptr ? claim{} : try_claim(waiter, caller.where);
        if (got.seat != nullptr) {
            if (waiter.since != time_point{}) {
                const auto waited = clock::now() - waiter.since;
                waits_.add(waited);
                ++counted_.waited;
                if (total_ < limits_.max) {
                    waited_since_ += waited;
                    if (const auto now = clock::now(); next_opening(now) <= now) stir();
                }
            }
            leave();
            lock.unlock();
            if (fit_after_idle(got, limit)) return hand_over(*got.seat);
            lock.lock();
            continue;
        }
        if (closed_) {
            leave();
            lock.unlock();
            raise(error_kind::closed, "the pool is closed", caller.statement_id, caller.where);
        }
        if (waiter.failure) {
            leave();
            raise_outage(lock, waiter.failure->details(), caller);
        }
        if (options.stop.stop_requested()) {
            leave();
            ++counted_.stopped;
            lock.unlock();
            raise(error_kind::cancelled, "the call was stopped while it waited for a connection; nothing was sent",
                  caller.statement_id, caller.where);
        }
        if (!waiter.queued) {
            if (waiter.since == time_point{}) {
                admit(lock, waiter, caller);
                continue; // it may have released the lock
            }
            enqueue(waiter);
        }
        const deadline patience = deadline::after(waiter.since, limits_.acquire_timeout);
        const deadline until = earlier(limit, patience);
        if (until.passed()) {
            leave();
            ++counted_.timeouts;
            refusal why{.what = "waited " + in_milliseconds(clock::now() - waiter.since),
                        .advice = "Give connections back sooner, or raise the pool's max or its acquire_timeout"};
            if (until == limit) {
                why.advice = "The call's own deadline ended the wait";
                why.kind = error_kind::deadline_exceeded;
            }
            exhausted(lock, why, caller);
        }
        if (until.is_never())
            waiter.wake.wait(lock);
        else
            waiter.wake.wait_until(lock, until.at());
    }
}

/// Whether this call may wait at all. From here on it counts as waiting since now.
PGREPO_DECL void pool_core::admit(lock_type& lock, blocking_waiter& waiter, const pool_caller& caller) {
    const auto now = clock::now();
    if (outage_.tells_at(now, opening_ > 0) && !alive()) {
        ++counted_.refused;
        raise_outage(lock, outage_.told(now), caller);
    }
    // One for whom another session may be opened waits for nobody.
    if (queue_.size() >= limits_.max_waiting && queue_.size() + in_use() >= limits_.max && alive()) {
        ++counted_.refused;
        exhausted(lock,
                  {.what = limits_.max_waiting == 0
                               ? "no call may wait for one (max_waiting is 0)"
                               : std::to_string(queue_.size()) + " calls wait already, and no more may",
                   .advice = "Give connections back sooner, or raise the pool's max or its max_waiting"},
                  caller);
    }
    if (threads_.empty()) start_keeper();
    const std::uint32_t own = mark_own_seats(true);
    waiter.since = now;
    waiter.holds = own != 0;
    if (own == 0) return;
    if (waiting_holders_ == total_ && total_ >= limits_.max && opening_ == 0) {
        static_cast<void>(mark_own_seats(false));
        ++counted_.refused;
        exhausted(lock,
                  {.what = own == total_ ? "this thread has all of them and would wait for itself"
                                         : "this thread has " + std::to_string(own) +
                                               " of them, and those with the others wait as well: none would go on",
                   .advice = "Inside with_transaction use the transaction (users.with(tx)) and not the service; do not "
                             "borrow a second connection while holding one"},
                  caller);
    }
    if (watcher_ == nullptr) return;
    lock.unlock();
    warn("nested_acquire",
         "a thread waits for a connection while it has another: when all do, none goes on. Inside with_transaction use "
         "the transaction and not the service",
         caller.where);
    lock.lock();
}

PGREPO_DECL void pool_core::enqueue(pool_waiter& waiter) {
    queue_.push(waiter);
    if (next_opening(waiter.since) < planned_) stir();
}

/// Those that this thread has borrowed; how many.
PGREPO_DECL std::uint32_t pool_core::mark_own_seats(bool waits) noexcept {
    if (in_use() == 0) return 0;
    std::uint32_t own = 0;
    const std::uint64_t self = thread_number();
    each_seat([&](pool_seat& each) {
        if (each.now != pool_seat::use::borrowed || each.borrower != self) return;
        ++own;
        const bool marked = (each.notes & pool_seat::waits) != 0;
        if (waits == marked) return;
        each.notes ^= pool_seat::waits;
        waiting_holders_ += waits ? 1U : UINT32_MAX;
    });
    return own;
}

// ---- the end of a loan

PGREPO_DECL void pool_core::give_back(pool_seat& seat) noexcept {
    if (born_.in_child()) return; // the parent's
    if (!seat.link->lendable() && !mend(seat)) [[unlikely]]
        return;
    closing why = closing::closed;
    {
        lock_type lock(mutex_);
        if (seat.notes != 0) [[unlikely]]
            end_marked_loan(lock, seat);
        if (!closed_) [[likely]] {
            const auto now = deadline::coarse_now();
            const bool expired = now >= seat.expires;
            if (!expired && total_ <= limits_.max) [[likely]]
                return put_back(seat, now);
            why = expired ? seat.expires_by : closing::surplus;
        }
    }
    end(seat, why);
}

PGREPO_DECL void pool_core::put_back(pool_seat& seat, time_point now) noexcept {
    static constexpr auto starving = std::chrono::milliseconds(50);
    seat.since = now;
    pool_waiter* const oldest = queue_.oldest();
    if (oldest != nullptr && clock::now() - oldest->since >= starving) {
        queue_.remove(*oldest);
        queue_.tries(*oldest);
        seat.now = pool_seat::use::borrowed;
        seat.thread = oldest->thread; // not any more of whoever gives it back, and may come again
        seat.borrower = oldest->borrower;
        oldest->seat = &seat;
        oldest->complete(*oldest);
        queue_.tell_one(idle_); // what it had been told of is another's now
        return;
    }
    make_idle(seat);
}

PGREPO_DECL void pool_core::make_idle(pool_seat& seat) noexcept {
    seat.now = pool_seat::use::idle;
    // Nearly always the first: one that was looked at has been idle for longer than others.
    pool_seat** at = &warmest_;
    while (*at != nullptr && (*at)->since > seat.since) at = &(*at)->next;
    seat.next = std::exchange(*at, &seat);
    ++idle_;
    queue_.tell_one(idle_);
}

/// What was noted of the loan while it lasted. May release the lock for a while.
PGREPO_DECL void pool_core::end_marked_loan(lock_type& lock, pool_seat& seat) noexcept {
    const auto notes = std::exchange(seat.notes, static_cast<unsigned char>(0));
    const auto now = clock::now();
    if ((notes & pool_seat::timed) != 0) holds_.add(now - seat.lent);
    if ((notes & pool_seat::waits) != 0) --waiting_holders_;
    if ((notes & pool_seat::reported) == 0) return;
    ++counted_.returned;
    if (watcher_ == nullptr) return;
    const auto where = seat.where;
    const auto age = now - seat.since;
    lock.unlock();
    try {
        warn("leak_returned",
             "a connection that had been reported as leaked came back after " + in_milliseconds(age) +
                 "; it was borrowed at " + line_of(where),
             where);
    } catch (const std::bad_alloc&) {} // then without a word
    lock.lock();
}

/// Of a session that does not look as it was lent. True: it does now.
PGREPO_DECL bool pool_core::mend(pool_seat& seat) noexcept {
    static constexpr auto reset_patience = std::chrono::seconds(1);
    connection& link = *seat.link;
    if (const session_omen omen = link.omen(); omen != session_omen::none)
        retire_generation(seat.generation, omen == session_omen::server_leaves);
    if (link.usable() && link.status() == transaction_status::idle) {
        if (link.reset(deadline::in(reset_patience))) return true;
        end(seat, closing::not_reset);
        return false;
    }
    if (!link.usable()) {
        end(seat, closing::broken);
        return false;
    }
    if (watcher_ != nullptr) {
        try {
            warn("returned_busy",
                 "a connection came back " + std::string(to_string(link.status())) +
                     " and was closed, which rolls back; it was borrowed at " + line_of(seat.where),
                 seat.where);
        } catch (const std::bad_alloc&) {} // the connection is closed all the same
    }
    end(seat, closing::returned_busy);
    return false;
}

PGREPO_DECL std::string_view reason_of(closing why) noexcept {
    switch (why) {
    case closing::idle_timeout:
        return "idle timeout";
    case closing::lifetime:
        return "lifetime";
    case closing::uses:
        return "uses";
    case closing::retired:
        return "retired";
    case closing::surplus:
        return "surplus";
    case closing::broken:
        return "broken";
    case closing::returned_busy:
        return "not idle";
    case closing::not_reset:
        return "not reset";
    case closing::closed:
        break;
    }
    return "closed";
}

PGREPO_DECL std::uint64_t& count_of(pool_closings& counts, closing why) noexcept {
    switch (why) {
    case closing::idle_timeout:
        return counts.idle_timeout;
    case closing::lifetime:
        return counts.lifetime;
    case closing::uses:
        return counts.uses;
    case closing::retired:
        return counts.retired;
    case closing::surplus:
        return counts.surplus;
    case closing::broken:
        return counts.broken;
    case closing::returned_busy:
        return counts.returned_busy;
    case closing::not_reset:
        return counts.not_reset;
    case closing::closed:
        break;
    }
    return counts.closed;
}

/// Ends a session that is ours; the pool may be gone after it.
PGREPO_DECL void pool_core::end(pool_seat& seat, closing why) noexcept {
    seat.link->close(reason_of(why));
    std::unique_ptr<connection> gone; // destroyed without the lock, and before what it uses
    bool last = false;
    {
        lock_type lock(mutex_);
        if (seat.notes != 0) end_marked_loan(lock, seat);
        ++count_of(counted_.closings, why);
        gone = vacate(seat);
        last = over();
    }
    if (!last) return;
    gone.reset();
    const std::unique_ptr<pool_core> ended(this);
}

/// Its session, to be destroyed without the lock.
PGREPO_DECL std::unique_ptr<connection> pool_core::vacate(pool_seat& seat) noexcept {
    std::unique_ptr<connection> gone = std::move(seat.link);
    if (seat.now == pool_seat::use::opening) --opening_;
    seat.now = pool_seat::use::vacant;
    seat.next = std::exchange(vacant_, &seat);
    --total_;
    if (closed_) {
        if (total_ == 0) drained_.notify_all();
        return gone;
    }
    if (!alive() && outage_.lasts()) queue_.fail_all(outage_.cause());
    if (next_opening(clock::now()) < planned_) stir();
    return gone;
}

PGREPO_DECL void pool_core::expire(pool_seat& seat, closing why) noexcept {
    seat.expires = time_point::min();
    seat.expires_by = why;
}

PGREPO_DECL void pool_core::retire_generation(std::uint32_t generation, bool gone) noexcept {
    // A server that takes no writes may stay so: not all sessions anew for each write that is tried.
    static constexpr auto often_enough = std::chrono::seconds(5);
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return; // known already
    if (!gone && generation_ != 0 && clock::now() - generation_since_ < often_enough) return;
    retire_seats();
}

PGREPO_DECL void pool_core::retire_all() noexcept {
    lock_type lock(mutex_);
    retire_seats();
    end_idle(lock, clock::now()); // now, and not when the keeper comes to it: whoever asks next gets none of them
}

PGREPO_DECL void pool_core::retire_seats() noexcept {
    ++generation_;
    generation_since_ = clock::now();
    each_seat([&](pool_seat& each) {
        if (each.link) expire(each, closing::retired); // also of one that is being looked at
    });
    look_now();
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
    close();
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
    }
    for (std::thread& each : threads) each.join();
    {
        const std::lock_guard lock(mutex_);
        left_ = true;
        if (!over()) return; // whoever ends the last loan ends this too
    }
    const std::unique_ptr<pool_core> ended(this);
}

PGREPO_DECL void pool_core::close() noexcept {
    if (born_.in_child()) return;
    bool first = false;
    std::uint32_t max = 0;
    {
        const std::lock_guard lock(mutex_);
        max = limits_.max;
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
        if (warmest_ == nullptr) return;
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
    close();
    lock_type lock(mutex_);
    const auto before = in_use();
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
