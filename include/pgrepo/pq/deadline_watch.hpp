#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/deadline.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

namespace pgrepo::detail {

class deadline_watch;

/// A place at a deadline_watch, for one session. Used by one waiting thread at a time.
class watch_post {
public:
    /// From now until `disarm`, `socket` is shut down when `due` passes, which ends a poll on it. `socket` stays open until
    /// then. False: there is no watch (its thread could not be started); wait with a timeout instead.
    [[nodiscard]] bool arm(int socket, deadline due) noexcept;
    /// Ends that. True: the deadline had passed and the socket was shut down; the session is of no more use.
    [[nodiscard]] bool disarm() noexcept;

    /// Ends the wait that is under way as if its deadline had passed, and every later one at once, until `resume`. From any
    /// thread; the watch must live.
    void stop() noexcept;
    /// By the thread that waits, between waits, when nobody can call `stop` any more.
    void resume() noexcept { state_.fetch_and(static_cast<unsigned char>(~stopped)); }
    /// As `stop`, for good: whatever session comes here.
    void end() noexcept;
    [[nodiscard]] bool ended() const noexcept { return (state_.load(std::memory_order_relaxed) & for_good) != 0; }

private:
    friend class deadline_watch;
    void end_wait() noexcept;

    using ticks = deadline::clock::duration::rep;
    static constexpr ticks unarmed = std::numeric_limits<ticks>::max();
    static constexpr ticks fired = std::numeric_limits<ticks>::min();

    deadline_watch* watch_ = nullptr;
    std::atomic<ticks> due_{unarmed};
    std::atomic<int> socket_{-1};
    static constexpr unsigned char stopped = 1;
    static constexpr unsigned char for_good = 2;
    std::atomic<unsigned char> state_{0};
};

/// Ends waits whose deadline has passed, from a thread of its own, so that a wait itself needs no timer: a poll with a
/// timeout costs 0.4 to 0.5 µs more than one without, a tenth of the client's work for one find by key.
/// The thread is started at the first wait, sleeps until the earliest deadline it knows of (a call's end wakes nobody, and
/// neither does its begin unless its deadline is earlier than that), takes no signals, and is joined by the destructor.
/// Thread-safe. At its end no post may be armed.
class deadline_watch {
public:
    explicit deadline_watch(std::size_t posts);
    deadline_watch(const deadline_watch&) = delete;
    deadline_watch& operator=(const deadline_watch&) = delete;
    ~deadline_watch();

    [[nodiscard]] watch_post& post(std::size_t number) noexcept { return posts_[number]; }

private:
    friend class watch_post;
    using ticks = watch_post::ticks;

    /// Has the thread look again; starts it if there is none. False: there is none to be had.
    [[nodiscard]] PGREPO_COLD bool stir() noexcept;
    void run() noexcept;
    [[nodiscard]] ticks earliest() const noexcept;
    void fire(ticks now) noexcept;
    static void end_wait(watch_post& post, ticks due) noexcept;

    const std::size_t count_;
    const std::unique_ptr<watch_post[]> posts_;
    std::atomic<ticks> next_{watch_post::unarmed}; // when the thread looks again by itself; never, before there is one
    std::mutex mutex_{};
    std::condition_variable wake_{};
    bool stirred_ = false;
    bool stop_ = false;
    std::thread thread_{};
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/deadline_watch.ipp>
#endif
