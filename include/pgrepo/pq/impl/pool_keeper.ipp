#pragma once

// What a pool's own threads do: open sessions, end those whose time is over, look at those that are idle for long, and
// report those that do not come back.

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/impl/pool_seats.ipp>
#include <pgrepo/pq/pool_core.hpp>
#include <pgrepo/pq/quiet_thread.hpp>
#include <pgrepo/pq/random_share.hpp>

#include <algorithm>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

namespace pgrepo::detail {

/// With the lock held.
PGREPO_DECL void pool_core::start_keeper() {
    if (!add_thread(true))
        raise(error_kind::connect_failed, "the pool's thread could not be started: the system has none to give; raise "
                                          "the limit of threads, or try again");
}

PGREPO_DECL bool pool_core::add_thread(bool keeps) noexcept {
    try {
        threads_.reserve(threads_.size() + 1); // a thread that is nowhere kept would end the program
        threads_.push_back(quiet_thread([this, keeps] { work(keeps); }));
        ++sleeping_; // it looks at everything first, as one that has been woken
        return true;
    } catch (const std::exception&) { // no thread to be had, or no memory for it
        return false;
    }
}

PGREPO_DECL void pool_core::work(bool keeps) noexcept {
    lock_type lock(mutex_);
    --sleeping_;
    while (!closed_ && !halted_) {
        const auto now = clock::now();
        if (next_opening(now) <= now) {
            open_one(lock, now);
            continue;
        }
        if (keeps && next_look_ <= now) {
            look_after(lock, now);
            continue;
        }
        const auto due = std::min(next_opening(now), keeps ? next_look_ : time_point::max());
        planned_ = std::min(planned_, due);
        ++sleeping_;
        if (due == time_point::max())
            work_.wait(lock);
        else
            work_.wait_until(lock, due);
        --sleeping_;
        planned_ = time_point::max(); // of the others that sleep: they may be woken once too often
    }
}

/// Something has changed that may call for another session. A thread that sleeps is woken where it would sleep too long; where all
/// are busy (opening, or waiting for an idle session's answer) there is one more. With the lock held.
PGREPO_DECL void pool_core::open_if_due(time_point now) noexcept {
    const auto due = next_opening(now);
    if (due == time_point::max() || threads_.empty()) return;
    if (sleeping_ != 0) {
        if (due < planned_) stir();
    } else if (due <= now && threads_.size() <= limits_.connect_concurrency) {
        static_cast<void>(add_thread(false)); // where none is to be had, one that is busy comes to it
    }
}

/// The keeper is to look at the seats now.
PGREPO_DECL void pool_core::look_now() noexcept {
    if (total_ != 0) next_look_ = time_point::min();
    stir();
}

/// When another session is to be opened as things stand; time_point::max(): not. With the lock held.
///
/// Without any session at once. Else one is opened when those who wait for one have waited, together and since the last
/// was begun, for as long as opening takes: then it is never late by more than what it takes itself, and a burst that the sessions
/// there are can serve sooner opens none. Where somebody has waited for that long alone, several at a time.
PGREPO_DECL pool_core::time_point pool_core::next_opening(time_point now) const noexcept {
    static constexpr auto never = time_point::max();
    if (closed_ || halted_ || total_ >= limits_.max) return never;
    const std::uint32_t waiting = queue_.size();
    const bool too_few = total_ < std::min(limits_.min, limits_.max) && !threads_.empty();
    if (outage_.lasts()) {
        if (opening_ > 0) return never; // one probe at a time
        return waiting > 0 || (too_few && !outage_.permanent()) ? outage_.next_attempt() : never;
    }
    if (opening_ >= ramp_) return never;
    if (too_few) return now;
    if (waiting <= opening_ + idle_) return never; // those that are idle are on their way to somebody
    if (!alive()) return now;
    const auto since = queue_.oldest()->since;
    return opening_ == 0 ? since + std::max(connect_time_ - waited_since_, duration::zero()) : since + connect_time_;
}

PGREPO_DECL void pool_core::open_one(lock_type& lock, time_point now) noexcept {
    pool_seat& seat = *std::exchange(vacant_, vacant_->next);
    seat.now = pool_seat::use::opening;
    seat.since = now;
    seat.generation = generation_;
    ++opening_;
    ++total_;
    waited_since_ = {};
    open_if_due(now); // another one, at the same time
    lock.unlock();

    std::unique_ptr<connection> link;
    std::optional<error> failure;
    host_port endpoint;
    try {
        link = connection::open(options_, {}, watcher_, seat.post); // within connect_timeout
        endpoint = link->endpoint();
    } catch (const error& caught) {
        failure.emplace(caught);
    } catch (const std::exception&) {
        link.reset();
        failure = out_of_memory();
    }
    const auto took = clock::now() - now;

    lock.lock();
    if (link && !closed_ && total_ <= limits_.max) {
        newest_ = std::move(endpoint);
        return opened(seat, std::move(link), took);
    }
    if (failure && !closed_ && !halted_) {
        ++counted_.open_failures;
        outage_.note(*failure, clock::now());
        // Whoever does not answer for this long would not answer the next sooner.
        if (failure->sqlstate() == "57P03") retire_seats();
    }
    static_cast<void>(vacate(seat)); // nothing sits on it
    if (!link) return;
    ++counted_.opened;
    ++(closed_ ? counted_.closings.closed : counted_.closings.surplus);
    lock.unlock();
    link.reset();
    lock.lock();
}

/// An error of this kind without allocating more than it must; nullopt where even that cannot be had: then it is tried again.
PGREPO_DECL std::optional<error> pool_core::out_of_memory() noexcept {
    try {
        return error(error_details{.kind = error_kind::connect_failed,
                                   .message = "there is no memory or thread to open a session with"});
    } catch (const std::exception&) {
        return {};
    }
}

PGREPO_DECL void pool_core::opened(pool_seat& seat, std::unique_ptr<connection> link, duration took) noexcept {
    static constexpr duration shortest = std::chrono::milliseconds(1);
    static constexpr duration longest = std::chrono::seconds(1);
    const auto now = clock::now();
    const auto time = std::clamp(took, shortest, longest);
    connect_time_ = connect_time_ == duration{} ? time : (3 * connect_time_ + time) / 4;
    ramp_ = outage_.lasts() ? 1 : std::min(ramp_ * 2, limits_.connect_concurrency);
    outage_.end();
    ++counted_.opened;
    --opening_;
    seat.link = std::move(link);
    seat.uses_left = limits_.max_uses;
    seat.notes = 0;
    seat.checked = now;
    seat.expires_by = closing::lifetime;
    // A quarter more or less, so that sessions opened together do not end together.
    seat.expires = limits_.max_lifetime.count() == 0
                       ? time_point::max()
                       : deadline::after(now, limits_.max_lifetime * (0.75 + 0.5 * random_share())).at();
    const bool outdated = seat.generation != generation_; // retired while it was opened: serves one call at most
    if (outdated) expire(seat, closing::retired);
    if (const auto look = now + look_period(); look < next_look_) {
        next_look_ = look;
        stir(); // the keeper sleeps for longer, if it is another thread
    }
    put_back(seat, deadline::coarse_now());
    if (outdated) look_now();
    open_if_due(now);
}

/// An eighth of the shortest time that is to be kept, and not more than a second.
PGREPO_DECL pool_core::duration pool_core::look_period() const noexcept {
    std::chrono::milliseconds shortest = std::chrono::seconds(8);
    for (const auto each : {limits_.idle_timeout, limits_.max_lifetime, limits_.leak_threshold, limits_.ping_after})
        if (each.count() > 0) shortest = std::min(shortest, each);
    return std::max<duration>(shortest / 8, std::chrono::milliseconds(5));
}

PGREPO_DECL void pool_core::look_after(lock_type& lock, time_point now) noexcept {
    waited_since_ /= 2;
    next_look_ = now + look_period();
    end_idle(lock, now);
    ping_idle(lock, now);
    report_leaks(lock, now);
    if (total_ == 0 && next_look_ > now) next_look_ = time_point::max();
}

PGREPO_DECL void pool_core::end_idle(lock_type& lock, time_point now) noexcept {
    for (;;) {
        pool_seat** found = nullptr; // the coldest
        closing why = closing::idle_timeout;
        for (pool_seat** at = &warmest_; *at != nullptr; at = &(*at)->next) {
            const pool_seat& each = **at;
            const bool over = each.expires <= now;
            const bool idle =
                limits_.idle_timeout.count() > 0 && now - each.since >= limits_.idle_timeout && total_ > limits_.min;
            if (!over && !idle) continue;
            found = at;
            why = over ? each.expires_by : closing::idle_timeout;
        }
        if (found == nullptr || closed_) return;
        pool_seat& seat = **found;
        *found = seat.next;
        --idle_;
        ++count_of(counted_.closings, why);
        std::unique_ptr<connection> gone = vacate(seat);
        lock.unlock();
        gone->close(reason_of(why));
        gone.reset();
        lock.lock();
    }
}

/// So that whoever takes a session that was idle for long need not wait for an answer first.
PGREPO_DECL void pool_core::ping_idle(lock_type& lock, time_point now) noexcept {
    for (;;) {
        pool_seat** at = &warmest_;
        while (*at != nullptr && now - std::max((*at)->since, (*at)->checked) < limits_.ping_after) at = &(*at)->next;
        if (*at == nullptr || closed_ || halted_) return;
        pool_seat& seat = **at;
        *at = seat.next;
        --idle_;
        ++opening_;
        seat.now = pool_seat::use::opening;
        lock.unlock();
        const bool alive = seat.link->alive_after_idle() && seat.link->ping(deadline::in(ping_patience));
        const std::uint32_t generation = seat.generation;
        if (seat.link->omen() == session_omen::server_leaves) retire_generation(generation, true);
        if (!alive) seat.link->close("broken");
        lock.lock();
        if (alive && !closed_) {
            --opening_;
            seat.checked = clock::now();
            if (seat.checked < seat.expires && total_ <= limits_.max && hand_to_starving(seat)) continue;
            pool_seat** before = &warmest_;
            while (*before != nullptr && (*before)->since > seat.since) before = &(*before)->next;
            make_idle(seat, before);
            continue;
        }
        ++count_of(counted_.closings, alive ? closing::closed : closing::broken);
        std::unique_ptr<connection> gone = vacate(seat);
        lock.unlock();
        gone.reset();
        lock.lock();
    }
}

PGREPO_DECL void pool_core::report_leaks(lock_type& lock, time_point now) noexcept {
    if (limits_.leak_threshold.count() <= 0) return;
    for (;;) {
        pool_seat* found = nullptr;
        each_seat([&](pool_seat& each) {
            if (found == nullptr && each.now == pool_seat::use::borrowed && (each.notes & pool_seat::reported) == 0 &&
                now - each.since >= limits_.leak_threshold)
                found = &each;
        });
        if (found == nullptr || closed_) return;
        found->notes |= pool_seat::reported;
        ++counted_.leaks;
        if (watcher_ == nullptr) continue;
        // The observer may take its time, or borrow a session itself: meanwhile somebody else opens them.
        if (threads_.size() == 1) static_cast<void>(add_thread(false));
        try {
            std::vector<holder_note> notes{note_of(*found, now)};
            lock.unlock();
            const pool_holder holder = described(std::move(notes)).front();
            std::string text = "a connection has been borrowed for longer than leak_threshold (" +
                               in_milliseconds(limits_.leak_threshold) + "), by " + to_string(holder) +
                               ". If that is meant, raise leak_threshold; else give it back sooner";
            if (!holder.stack.empty()) text += "\n" + holder.stack;
            warn("leak", text, holder.where);
        } catch (const std::exception&) {} // no memory for the text: it is counted all the same
        if (!lock.owns_lock()) lock.lock();
    }
}

} // namespace pgrepo::detail
