#pragma once

#include <pgrepo/base/deadline.hpp>
#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/thread_mark.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>

namespace pgrepo::detail {

/// Why a pool closes a session.
enum class closing : unsigned char {
    idle_timeout,
    lifetime,
    uses,
    retired,
    surplus,
    broken,
    returned_busy,
    not_reset,
    closed,
};

/// Where a stack of a borrower is kept.
struct captured_stack {
    std::array<const void*, 32> frames{};
    std::size_t count = 0;
};

/// A place for a session: vacant, being opened (or looked at), idle or borrowed. Whoever opens or borrows it may touch its
/// connection without the pool's lock; all else is under it.
struct alignas(64) pool_seat {
    using time_point = deadline::clock::time_point;
    enum class use : unsigned char { vacant, opening, idle, borrowed };
    // Notes: what the end of a loan has to do besides.
    static constexpr unsigned char timed = 1;
    static constexpr unsigned char reported = 2; // as a leak
    static constexpr unsigned char waits = 4;    // its borrower, for another

    // What each loan touches, a cache line.
    std::unique_ptr<connection> link{};
    pool_seat* next = nullptr; // of the idle, the one that came back before it; of the vacant, any other
    std::source_location where{};
    time_point since{};                     // of its present use
    time_point expires = time_point::max(); // is lent no more from then on
    std::uint32_t uses_left = 0;            // loans
    use now = use::vacant;
    unsigned char notes = 0;
    closing expires_by = closing::lifetime;
    thread_mark borrower{};

    time_point lent{};    // exactly, if timed
    time_point checked{}; // when it last answered, if it is idle for long
    std::uint32_t generation = 0;
    watch_post* post = nullptr;
    std::unique_ptr<captured_stack> stack{};
};

} // namespace pgrepo::detail
