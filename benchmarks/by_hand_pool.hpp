#pragma once

// A pool as most programs write it: a mutex, a condition variable, and the session given back last is lent first, because
// its caches are warm. For any kind of session: libpqxx, which has no pool, is measured with it too.

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace by_hand {

template <class Session> class pool {
public:
    /// Opens nothing yet. `open` is called on the borrower's thread, by several at once.
    pool(std::size_t max, std::function<std::unique_ptr<Session>()> open) : max_(max), open_(std::move(open)) {
        idle_.reserve(max);
    }

    /// A session on loan; goes back when it is destroyed.
    class lease {
    public:
        lease(pool& from, std::unique_ptr<Session> session) noexcept : from_(&from), session_(std::move(session)) {}
        lease(lease&&) noexcept = default;
        lease& operator=(lease&&) = delete;
        ~lease() {
            if (session_) from_->give_back(std::move(session_));
        }
        [[nodiscard]] Session* operator->() const noexcept { return session_.get(); }
        [[nodiscard]] Session& operator*() const noexcept { return *session_; }

    private:
        pool* from_;
        std::unique_ptr<Session> session_;
    };

    /// Waits where all are lent; opens one where none is idle and there are fewer than `max`.
    [[nodiscard]] lease acquire() {
        std::unique_lock lock(mutex_);
        returned_.wait(lock, [this] { return !idle_.empty() || open_count_ < max_; });
        if (!idle_.empty()) {
            std::unique_ptr<Session> session = std::move(idle_.back());
            idle_.pop_back();
            return lease(*this, std::move(session));
        }
        ++open_count_;
        lock.unlock();
        try {
            return lease(*this, open_());
        } catch (...) {
            lock.lock();
            --open_count_;
            returned_.notify_one();
            throw;
        }
    }
    [[nodiscard]] std::size_t open_count() const {
        const std::lock_guard lock(mutex_);
        return open_count_;
    }

private:
    void give_back(std::unique_ptr<Session> session) {
        {
            const std::lock_guard lock(mutex_);
            idle_.push_back(std::move(session));
        }
        returned_.notify_one();
    }

    const std::size_t max_;
    const std::function<std::unique_ptr<Session>()> open_;
    mutable std::mutex mutex_{};
    std::condition_variable returned_{};
    std::vector<std::unique_ptr<Session>> idle_{};
    std::size_t open_count_ = 0;
};

} // namespace by_hand
