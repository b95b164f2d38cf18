#pragma once

// The end of a loan: back to work, or closed.

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/impl/pool_seats.ipp>
#include <pgrepo/pq/pool_core.hpp>

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace pgrepo::detail {

PGREPO_HOT PGREPO_DECL void pool_core::give_back(pool_seat& seat) noexcept {
    if (born_.in_child()) [[unlikely]]
        return; // the parent's
    if (!seat.link->lendable() && !mend(seat)) [[unlikely]]
        return;
    closing why = closing::closed;
    {
        const std::lock_guard lock(mutex_);
        if (seat.notes != 0) [[unlikely]]
            end_marked_loan(seat);
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

PGREPO_HOT PGREPO_DECL void pool_core::put_back(pool_seat& seat, time_point now) noexcept {
    seat.since = now;
    if (queue_.oldest() != nullptr && hand_to_starving(seat)) [[unlikely]]
        return;
    make_idle(seat, &warmest_);
}

/// The oldest who waits has waited for so long that nobody may pass it over any more.
PGREPO_DECL bool pool_core::is_starving(time_point now) const noexcept {
    static constexpr auto starving = std::chrono::milliseconds(50);
    const pool_waiter* const oldest = queue_.oldest();
    return oldest != nullptr && now - oldest->since >= starving;
}

/// False: nobody starves, and the seat is as it was.
PGREPO_DECL bool pool_core::hand_to_starving(pool_seat& seat) noexcept {
    const auto now = clock::now();
    if (!is_starving(now)) return false;
    pool_waiter& oldest = *queue_.oldest();
    queue_.remove(oldest);
    queue_.tries(oldest);
    seat.now = pool_seat::use::borrowed;
    seat.since = now;              // one that was idle for long is not a leak
    seat.borrower = oldest.thread; // not any more of whoever gives it back, and may come again
    oldest.seat = &seat;
    oldest.complete(oldest);
    queue_.tell_one(idle_); // what it had been told of is another's now
    return true;
}

/// `before`: where in the list of the idle; at its head, but for one that has been idle for longer than others.
PGREPO_DECL void pool_core::make_idle(pool_seat& seat, pool_seat** before) noexcept {
    seat.now = pool_seat::use::idle;
    seat.next = std::exchange(*before, &seat);
    ++idle_;
    queue_.tell_one(idle_);
}

/// What was noted of the loan while it lasted. With the lock, which it may release for a while.
PGREPO_DECL void pool_core::end_marked_loan(pool_seat& seat) noexcept {
    const auto notes = seat.notes;
    const auto now = clock::now();
    if ((notes & pool_seat::timed) != 0) holds_.add(now - seat.lent);
    if ((notes & pool_seat::waits) != 0) --waiting_holders_;
    seat.notes = notes & pool_seat::reported; // still, so that it is not reported anew while the lock is released
    if (seat.notes == 0) return;
    ++counted_.returned;
    if (watcher_ == nullptr) {
        seat.notes = 0;
        return;
    }
    const auto where = seat.where;
    const auto age = now - seat.since;
    mutex_.unlock();
    try {
        warn("leak_returned",
             "a connection that had been reported as leaked came back after " + in_milliseconds(age) +
                 "; it was borrowed at " + line_of(where),
             where);
    } catch (const std::bad_alloc&) {} // then without a word
    mutex_.lock();
    if ((seat.notes & pool_seat::waits) != 0) --waiting_holders_; // the observer borrowed one
    seat.notes = 0;
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

/// Ends a session that is ours; the pool may be gone after it.
PGREPO_DECL void pool_core::end(pool_seat& seat, closing why) noexcept {
    seat.link->close(reason_of(why));
    std::unique_ptr<connection> gone; // destroyed without the lock, and before what it uses
    bool last = false;
    {
        const std::lock_guard lock(mutex_);
        if (seat.notes != 0) end_marked_loan(seat);
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
    const auto now = clock::now();
    if (outage_.lasts() && !may_come_back(now)) queue_.fail_all(outage_.cause());
    open_if_due(now);
    return gone;
}

/// While the server gives no further session: whether one of those that there are may still serve somebody who waits. What is
/// borrowed from a server that does not answer is as good as gone, unless it was lent a moment ago: then they come and go. One
/// that answers (a refusal has an SQLSTATE, or is about its certificate) and does not leave has its sessions still.
PGREPO_DECL bool pool_core::may_come_back(time_point now) const noexcept {
    static constexpr auto a_moment = std::chrono::milliseconds(500);
    if (idle_ != 0 || in_use() == 0) return idle_ != 0;
    const error& cause = outage_.cause();
    const auto state = cause.sqlstate();
    const bool leaves = state == "57P01" || state == "57P02" || state == "57P03";
    if (cause.lasting() || (!state.empty() && !leaves)) return true;
    bool found = false;
    each_seat([&](const pool_seat& each) {
        if (each.now == pool_seat::use::borrowed && now - each.since < a_moment) found = true;
    });
    return found;
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
        if (each.link) expire(each, closing::retired); // also one that is just looked at
    });
    look_now();
}

} // namespace pgrepo::detail
