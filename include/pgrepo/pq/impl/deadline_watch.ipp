#pragma once

#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/quiet_thread.hpp>

#include <chrono>
#include <sys/socket.h>

namespace pgrepo::detail {

PGREPO_DECL bool watch_post::arm(int socket, deadline due) noexcept {
    const ticks at = due.at().time_since_epoch().count();
    socket_.store(socket, std::memory_order_relaxed);
    // Sequentially consistent, here and in run(): either this sees what the thread announced, or the thread sees this.
    due_.store(at);
    if (at < watch_->next_.load() && !watch_->stir()) [[unlikely]]
        if (ticks still = at; due_.compare_exchange_strong(still, unarmed))
            return false; // else it was stopped meanwhile
    // As above: either this sees that it was stopped, or who stops it sees the wait.
    if (state_.load() != 0) [[unlikely]]
        end_wait();
    return true;
}

PGREPO_DECL void watch_post::stop() noexcept {
    state_.fetch_or(stopped);
    end_wait();
}

PGREPO_DECL void watch_post::end() noexcept {
    state_.fetch_or(for_good);
    end_wait();
}

PGREPO_DECL void watch_post::end_wait() noexcept {
    const std::lock_guard lock(watch_->mutex_);
    if (const ticks due = due_.load(); due != unarmed && due != fired) deadline_watch::end_wait(*this, due);
}

PGREPO_DECL bool watch_post::disarm() noexcept {
    if (due_.exchange(unarmed) != fired) [[likely]]
        return false;
    // The thread shuts down under its lock: once we have had it, it is done with the socket.
    const std::lock_guard lock(watch_->mutex_);
    return true;
}

PGREPO_DECL deadline_watch::deadline_watch(std::size_t posts)
    : count_(posts),
      posts_(std::make_unique<watch_post[]>(posts)) {
    for (std::size_t i = 0; i < count_; ++i) posts_[i].watch_ = this;
}

PGREPO_DECL deadline_watch::~deadline_watch() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

PGREPO_DECL bool deadline_watch::stir() noexcept {
    const std::lock_guard lock(mutex_);
    stirred_ = true;
    wake_.notify_one();
    if (thread_.joinable()) return true;
    try {
        thread_ = quiet_thread([this] { run(); });
    } catch (...) { // no thread, or no memory for one, to be had now; the next wait asks again
    }
    return thread_.joinable();
}

PGREPO_DECL deadline_watch::ticks deadline_watch::earliest() const noexcept {
    ticks found = watch_post::unarmed;
    for (std::size_t i = 0; i < count_; ++i) {
        const ticks due = posts_[i].due_.load();
        if (due != watch_post::fired && due < found) found = due;
    }
    return found;
}

PGREPO_DECL void deadline_watch::fire(ticks now) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        watch_post& post = posts_[i];
        const ticks due = post.due_.load();
        if (due == watch_post::fired || due > now) continue;
        end_wait(post, due);
    }
}

/// Only if it is still the same wait: a call that has just ended must not lose its session. With the lock held.
PGREPO_DECL void deadline_watch::end_wait(watch_post& post, ticks due) noexcept {
    if (post.due_.compare_exchange_strong(due, watch_post::fired))
        ::shutdown(post.socket_.load(std::memory_order_relaxed), SHUT_RDWR);
}

PGREPO_DECL void deadline_watch::run() noexcept {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        stirred_ = false;
        const ticks planned = earliest();
        next_.store(planned);
        // Who armed between the look and the announcement saw the old one, and woke nobody.
        if (earliest() < planned) continue;
        const ticks now = deadline::clock::now().time_since_epoch().count();
        if (planned <= now) {
            fire(now);
            continue;
        }
        const auto woken = [this] { return stop_ || stirred_; };
        if (planned == watch_post::unarmed)
            wake_.wait(lock, woken);
        else
            wake_.wait_until(lock, deadline::clock::time_point(deadline::clock::duration(planned)), woken);
    }
}

} // namespace pgrepo::detail
