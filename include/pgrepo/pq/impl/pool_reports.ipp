#pragma once

// What a pool says of itself: counts, holders, and why a call got no session.

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/impl/pool_seats.ipp>
#include <pgrepo/pq/pool_core.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL pool_counts pool_core::count() const noexcept {
    std::uint32_t borrowed = 0; // counted, and not what is left of the total: who adds up the counts checks the books
    each_seat([&](const pool_seat& each) { borrowed += each.now == pool_seat::use::borrowed ? 1U : 0U; });
    return {.max = limits_.max,
            .total = total_,
            .idle = idle_,
            .borrowed = borrowed,
            .opening = opening_,
            .waiting = queue_.size()};
}

PGREPO_DECL pool_counts pool_core::counts() const noexcept {
    const std::lock_guard lock(mutex_);
    return count();
}

PGREPO_DECL pool_statistics pool_core::statistics() const noexcept {
    const std::lock_guard lock(mutex_);
    pool_statistics out = counted_;
    out.now = count();
    out.acquired = acquired_;
    out.acquire = waits_.percentiles(acquired_ - std::min(acquired_, counted_.waited));
    out.hold = holds_.percentiles();
    out.connect = connect_time_;
    return out;
}

PGREPO_DECL pool_core::holder_note pool_core::note_of(const pool_seat& seat, time_point now) const {
    holder_note note;
    pool_holder& holder = note.holder;
    holder.where = seat.where;
    holder.age = std::max(now - seat.since, duration::zero());
    holder.status = seat.link->status();
    holder.in_call = seat.link->in_call();
    holder.reported = (seat.notes & pool_seat::reported) != 0;
    holder.statement_id = seat.link->last_statement();
    holder.thread = static_cast<std::uint64_t>(seat.borrower.handle);
    if (seat.stack) note.stack = *seat.stack;
    return note;
}

PGREPO_DECL std::vector<pool_core::holder_note> pool_core::note_holders() const {
    std::vector<holder_note> notes;
    const auto now = clock::now();
    each_seat([&](const pool_seat& each) {
        if (each.now == pool_seat::use::borrowed) notes.push_back(note_of(each, now));
    });
    std::ranges::sort(notes, [](const holder_note& a, const holder_note& b) { return a.holder.age > b.holder.age; });
    return notes;
}

/// Names of frames are looked up without the lock.
PGREPO_DECL std::vector<pool_holder> pool_core::described(std::vector<holder_note> notes) const {
    std::vector<pool_holder> holders;
    holders.reserve(notes.size());
    for (holder_note& each : notes) {
        if (limits_.tracer != nullptr && each.stack.count != 0)
            each.holder.stack = limits_.tracer->describe(each.stack.frames.data(), each.stack.count);
        holders.push_back(std::move(each.holder));
    }
    return holders;
}

PGREPO_DECL std::vector<pool_holder> pool_core::holders() const {
    std::vector<holder_note> notes;
    {
        const std::lock_guard lock(mutex_);
        notes = note_holders();
    }
    return described(std::move(notes));
}

PGREPO_DECL void pool_core::exhausted(lock_type& lock, const refusal& why, const pool_caller& caller) {
    static constexpr std::size_t most_named = 8;
    const pool_counts now = count();
    const std::string cause = outage_.lasts() ? outage_.why(clock::now()) : std::string{};
    const sqlstate state = outage_.lasts() ? outage_.cause().sqlstate() : sqlstate{};
    std::vector<holder_note> notes = note_holders();
    lock.unlock();
    std::vector<pool_holder> holders = described(std::move(notes));

    std::string text = "no connection came free: max " + std::to_string(now.max) + ", ";
    text += now.borrowed == now.max ? "all borrowed" : std::to_string(now.borrowed) + " borrowed";
    if (now.opening != 0) text += " and " + std::to_string(now.opening) + " being opened";
    text.append("; ").append(why.what);
    if (!cause.empty()) text.append("; no further one could be opened: ").append(cause);
    for (std::size_t i = 0; i < std::min(holders.size(), most_named); ++i)
        text.append(i == 0 ? "; held by " : ", ").append(to_string(holders[i]));
    if (holders.size() > most_named) text += " and " + std::to_string(holders.size() - most_named) + " more";
    text.append(". ").append(why.advice);
    error_details details{.kind = why.kind,
                          .message = std::move(text),
                          .state = state,
                          .statement_id = std::string(caller.statement_id),
                          .where = caller.where};
    if (why.kind != error_kind::pool_exhausted) raise(std::move(details));
    throw pool_exhausted_error(std::move(details), std::move(holders));
}

/// The server gives no session: what was learnt of that, as this call's own failure.
PGREPO_DECL void pool_core::raise_outage(lock_type& lock, error_details cause, const pool_caller& caller) {
    lock.unlock();
    cause.statement_id = caller.statement_id;
    cause.where = caller.where;
    raise(std::move(cause));
}

PGREPO_DECL void pool_core::warn(const char* code, std::string_view message,
                                 std::source_location where) const noexcept {
    if (watcher_ != nullptr) watcher_->on_warning({.code = code, .message = message, .where = where});
}

} // namespace pgrepo::detail
