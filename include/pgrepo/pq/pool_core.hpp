#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/base/events.hpp>
#include <pgrepo/base/fork_guard.hpp>
#include <pgrepo/base/pool_options.hpp>
#include <pgrepo/base/stack_tracer.hpp>
#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/pool_exhausted.hpp>
#include <pgrepo/pq/pool_outage.hpp>
#include <pgrepo/pq/pool_seat.hpp>
#include <pgrepo/pq/pool_statistics.hpp>
#include <pgrepo/pq/pool_waiter.hpp>
#include <pgrepo/pq/program_end.hpp>
#include <pgrepo/pq/time_histogram.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pgrepo {
class loan;
struct pool_close_report;
} // namespace pgrepo

namespace pgrepo::detail {

/// Whose call it is: for errors and reports.
struct pool_caller {
    std::source_location where{};
    std::string_view statement_id{};
};

/// What a pool, its loans and its threads share. Callers only ever wait in its queue; sessions are opened, looked after and
/// ended by its own threads (impl/pool_keeper.ipp): the keeper, and further ones while several are opened at once.
/// It ends itself, once the pool has left it and every seat is vacant: a count of its loans would cost each of them two
/// atomic operations more.
/// No wake-up is lost: whoever makes a session free tells a waiter, and nobody gives up without having looked for one under
/// the lock.
class pool_core {
public:
    pool_core(connection_options options, pool_options limits, observer* watcher);
    pool_core(const pool_core&) = delete;
    pool_core& operator=(const pool_core&) = delete;

    [[nodiscard]] loan acquire(const call_options& options, const pool_caller& caller);
    void give_back(pool_seat& seat) noexcept; // the pool may be gone after it
    /// How many sessions are lent at that moment.
    std::uint32_t close() noexcept;
    [[nodiscard]] pool_close_report close(deadline limit) noexcept;
    /// The pool itself needs it no more: closed, its threads joined, and ended with its last loan.
    void leave() noexcept;
    /// The program ends: its threads are stopped and nothing is opened any more. Sessions that are there go on.
    void halt() noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] pool_counts counts() const noexcept;
    [[nodiscard]] pool_statistics statistics() const noexcept;
    [[nodiscard]] std::vector<pool_holder> holders() const;
    void resize(std::uint32_t max);
    void retire_all() noexcept;
    [[nodiscard]] host_port newest_endpoint() const;

private:
    static constexpr auto ping_patience = std::chrono::seconds(1);

    using clock = deadline::clock;
    using time_point = clock::time_point;
    using duration = clock::duration;
    using lock_type = std::unique_lock<std::mutex>;

    /// Seats that were added at once, with the watch over their sessions' deadlines. It stays where it is until the end.
    struct seat_block {
        explicit seat_block(std::uint32_t count);
        deadline_watch watch; // before the sessions, which use it
        std::vector<pool_seat> seats;
    };
    /// A session, and how it was come by.
    struct claim {
        pool_seat* seat = nullptr;
        duration idle_for{};
    };
    static constexpr duration trusted_idle = std::chrono::milliseconds(10); // is not looked at
    static constexpr duration is_over = duration::max(); // in place of how long it was idle: its time is
    /// A holder whose stack has not been put into words.
    struct holder_note {
        pool_holder holder{};
        captured_stack stack{};
    };
    /// Why a call gets no session though the server gives some.
    struct refusal {
        std::string what;
        std::string_view advice;
        error_kind kind = error_kind::pool_exhausted;
    };

    // with the lock held
    void begin_loan(pool_seat& seat, std::source_location where, time_point now) noexcept;
    [[nodiscard]] claim claim_idle(std::source_location where) noexcept;
    [[nodiscard]] claim try_claim(pool_waiter& waiter, std::source_location where) noexcept;
    [[nodiscard]] bool hand_to_starving(pool_seat& seat) noexcept;
    [[nodiscard]] std::uint32_t in_use() const noexcept { return total_ - idle_ - opening_; }
    [[nodiscard]] bool alive() const noexcept { return idle_ + in_use() != 0; } // there are sessions, not only hopes
    [[nodiscard]] bool may_come_back(time_point now) const noexcept;
    [[nodiscard]] bool is_starving(time_point now) const noexcept;
    [[nodiscard]] bool may_take(const pool_waiter* who, time_point now) const noexcept;
    void put_back(pool_seat& seat, time_point now) noexcept;
    void make_idle(pool_seat& seat, pool_seat** before) noexcept;
    [[nodiscard]] std::unique_ptr<connection> vacate(pool_seat& seat) noexcept;
    void add_seats(std::uint32_t count);
    template <class Function> void each_seat(Function function) const;
    static void expire(pool_seat& seat, closing why) noexcept;
    void retire_seats() noexcept;
    [[nodiscard]] bool over() const noexcept { return left_ && total_ == 0; }
    [[nodiscard]] holder_note note_of(const pool_seat& seat, time_point now) const;
    [[nodiscard]] std::vector<holder_note> note_holders() const;
    [[nodiscard]] pool_counts count() const noexcept;

    // a wait
    [[nodiscard]] loan lend(const call_options& options, const pool_caller& caller);
    [[noreturn]] PGREPO_COLD static void refuse_child(const pool_caller& caller);
    [[nodiscard]] loan lend_observed(const call_options& options, const pool_caller& caller);
    [[nodiscard]] loan lend_after_wait(const call_options& options, const pool_caller& caller);
    [[nodiscard]] loan hand_over(pool_seat& seat) noexcept;
    [[nodiscard]] bool fit_after_idle(const claim& got, deadline limit) noexcept;
    PGREPO_COLD void admit(lock_type& lock, blocking_waiter& waiter, const pool_caller& caller);
    void enqueue(pool_waiter& waiter);
    [[nodiscard]] std::uint32_t mark_own_seats(bool waits) noexcept;
    [[noreturn]] PGREPO_COLD void exhausted(lock_type& lock, const refusal& why, const pool_caller& caller);
    [[noreturn]] PGREPO_COLD static void raise_outage(lock_type& lock, error_details cause, const pool_caller& caller);

    // the end of a loan
    [[nodiscard]] PGREPO_COLD bool mend(pool_seat& seat) noexcept;
    PGREPO_COLD void end(pool_seat& seat, closing why) noexcept;
    void retire_generation(std::uint32_t generation, bool gone) noexcept;
    PGREPO_COLD void end_marked_loan(pool_seat& seat) noexcept;
    void warn(const char* code, std::string_view message, std::source_location where) const noexcept;
    [[nodiscard]] std::vector<pool_holder> described(std::vector<holder_note> notes) const;

    // the pool's threads
    void start_keeper();
    void stop_threads() noexcept;
    [[nodiscard]] bool add_thread(bool keeps) noexcept;
    void stir() noexcept { work_.notify_all(); }
    void open_if_due(time_point now) noexcept;
    void look_now() noexcept;
    void work(bool keeps) noexcept;
    [[nodiscard]] time_point next_opening(time_point now) const noexcept;
    void open_one(lock_type& lock, time_point now) noexcept;
    [[nodiscard]] static std::optional<error> out_of_memory() noexcept;
    void opened(pool_seat& seat, std::unique_ptr<connection> link, duration took) noexcept;
    void look_after(lock_type& lock, time_point now) noexcept;
    void end_idle(lock_type& lock, time_point now) noexcept;
    void ping_idle(lock_type& lock, time_point now) noexcept;
    void report_leaks(lock_type& lock, time_point now) noexcept;
    [[nodiscard]] duration look_period() const noexcept;

    // What each loan touches, in two cache lines: the server has used the caches in between.
    alignas(64) mutable std::mutex mutex_{};
    pool_seat* warmest_ = nullptr; // of the idle: the last one back is the first one out
    std::uint32_t idle_ = 0;
    std::uint32_t total_ = 0; // seats that are not vacant
    const fork_guard born_{};
    bool closed_ = false;
    bool left_ = false;   // by its pool
    bool halted_ = false; // the program ends
    pool_queue queue_{};
    observer* const watcher_;
    std::uint64_t acquired_ = 0;
    std::uint32_t opening_ = 0;
    std::uint32_t waiting_holders_ = 0; // seats whose borrower waits for another
    pool_options limits_;               // `max` and `min` change under the lock

    const connection_options options_;
    host_port newest_; // where the session is that was opened last
    program_end::entry at_end_{};

    pool_seat* vacant_ = nullptr;
    std::vector<std::unique_ptr<seat_block>> blocks_{};
    std::uint32_t seats_ = 0; // in all blocks

    pool_outage outage_{};
    std::uint32_t generation_ = 0;
    time_point generation_since_{};
    std::uint32_t ramp_ = 1;     // sessions opened at once: 1 at first and after an outage, then doubled
    duration connect_time_{};    // what it takes, lately
    duration waited_since_{};    // by all waiters together since the last opening began, halved at each look
    time_point next_look_{};     // of the keeper
    time_point planned_{};       // when a thread of the pool wakes by itself
    std::uint32_t sleeping_ = 0; // threads of the pool
    std::condition_variable work_{};
    std::condition_variable drained_{};
    std::vector<std::thread> threads_{};

    pool_statistics counted_{}; // its counts
    time_histogram waits_{};
    time_histogram holds_{};
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/pool_core.ipp>
#include <pgrepo/pq/impl/pool_keeper.ipp>
#include <pgrepo/pq/impl/pool_lending.ipp>
#include <pgrepo/pq/impl/pool_reports.ipp>
#include <pgrepo/pq/impl/pool_returning.ipp>
#include <pgrepo/pq/impl/program_end.ipp>
#endif
