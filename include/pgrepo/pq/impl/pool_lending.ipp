#pragma once

// A loan, and the wait for one.

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/impl/pool_seats.ipp>
#include <pgrepo/pq/loan.hpp>
#include <pgrepo/pq/pool_core.hpp>

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL void pool_core::begin_loan(pool_seat& seat, std::source_location where, time_point now) noexcept {
    static constexpr unsigned one_of = 16; // is timed exactly
    seat.now = pool_seat::use::borrowed;
    seat.where = where;
    seat.since = now;
    seat.borrower = own_thread();
    if (--seat.uses_left == 0) [[unlikely]]
        expire(seat, closing::uses);
    if (++acquired_ % one_of != 0) [[likely]]
        return;
    seat.notes |= pool_seat::timed;
    seat.lent = clock::now();
}

PGREPO_DECL pool_core::claim pool_core::claim_idle(std::source_location where) noexcept {
    claim got{.seat = warmest_};
    if (got.seat == nullptr) [[unlikely]]
        return got;
    const auto now = deadline::coarse_now();
    warmest_ = got.seat->next;
    --idle_;
    // One whose time is over, to which the keeper has not come yet, is looked at.
    got.idle_for = now - got.seat->since;
    if (now >= got.seat->expires) [[unlikely]]
        got.idle_for = is_over;
    begin_loan(*got.seat, where, now);
    return got;
}

/// Whether it may take one that is idle: who has come later does not where the oldest starves and each is on its way to somebody
/// who was told of it.
PGREPO_DECL bool pool_core::may_take(const pool_waiter* who, time_point now) const noexcept {
    const bool in_turn = who != nullptr && who->queued;
    return in_turn || idle_ > queue_.told() || !is_starving(now);
}

PGREPO_DECL pool_core::claim pool_core::try_claim(pool_waiter& waiter, std::source_location where) noexcept {
    queue_.tries(waiter);
    claim got;
    if (waiter.seat != nullptr) { // handed over, borrowed in our name
        got.seat = std::exchange(waiter.seat, nullptr);
        begin_loan(*got.seat, where, deadline::coarse_now());
    } else if (may_take(&waiter, deadline::coarse_now())) {
        got = claim_idle(where);
    }
    if (got.seat != nullptr) queue_.remove(waiter);
    return got;
}

PGREPO_DECL loan pool_core::acquire(const call_options& options, const pool_caller& caller) {
    // First: the lock may have been held by a thread that this process does not have.
    if (born_.in_child()) [[unlikely]]
        refuse_child(caller);
    if (watcher_ != nullptr) [[unlikely]]
        return lend_observed(options, caller);
    return lend(options, caller);
}

PGREPO_DECL void pool_core::refuse_child(const pool_caller& caller) {
    raise(error_kind::usage,
          "the pool belongs to the process that this one was forked from; make a service of its own in the child, "
          "after the fork; nothing was sent",
          caller.statement_id, caller.where);
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

PGREPO_HOT PGREPO_DECL loan pool_core::lend(const call_options& options, const pool_caller& caller) {
    claim got;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_ && (queue_.oldest() == nullptr || may_take(nullptr, deadline::coarse_now()))) [[likely]]
            got = claim_idle(caller.where);
    }
    if (got.seat != nullptr && (got.idle_for < trusted_idle || fit_after_idle(got, options.deadline))) [[likely]]
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
    pool_seat& seat = *got.seat;
    if (got.idle_for == is_over) {
        lock_type lock(mutex_);
        const closing why = seat.expires_by;
        lock.unlock();
        end(seat, why);
        return false;
    }
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
                    if (queue_.size() > 1) open_if_due(clock::now());
                }
            }
            leave();
            lock.unlock();
            if (got.idle_for < trusted_idle || fit_after_idle(got, limit)) return hand_over(*got.seat);
            lock.lock();
            continue;
        }
        if (closed_) {
            leave();
            lock.unlock();
            raise(error_kind::closed, "the pool is closed", caller.statement_id, caller.where);
        }
        if (halted_) {
            leave();
            lock.unlock();
            raise(error_kind::closed, "the program ends, and the pool opens no connection any more",
                  caller.statement_id, caller.where);
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
        } else {
            open_if_due(clock::now()); // it was told of one that a newcomer has taken
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
    if (outage_.tells_at(now, opening_ > 0) && !may_come_back(now)) {
        ++counted_.refused;
        raise_outage(lock, outage_.told(now), caller);
    }
    // One for whom another session may be opened waits for nobody.
    if (queue_.size() >= limits_.max_waiting && queue_.size() + in_use() >= limits_.max) {
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
    open_if_due(waiter.since);
}

/// Those that this thread has borrowed; how many.
PGREPO_DECL std::uint32_t pool_core::mark_own_seats(bool waits) noexcept {
    if (in_use() == 0) return 0;
    std::uint32_t own = 0;
    const std::uint64_t self = own_thread().number;
    each_seat([&](pool_seat& each) {
        if (each.now != pool_seat::use::borrowed || each.borrower.number != self) return;
        ++own;
        const bool marked = (each.notes & pool_seat::waits) != 0;
        if (waits == marked) return;
        each.notes ^= pool_seat::waits;
        waiting_holders_ += waits ? 1U : UINT32_MAX;
    });
    return own;
}

} // namespace pgrepo::detail
