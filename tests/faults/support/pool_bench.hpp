#pragma once

// What the tests of the pool share: a pool on a database of one's own, reached through a proxy that counts, and what must
// hold of its numbers at any moment.

#include "bench.hpp"

#include <pgrepo/pq/pool.hpp>

#include <array>
#include <atomic>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

namespace faults {

using pgrepo::call_options;
using pgrepo::loan;
using pgrepo::pool;
using pgrepo::pool_counts;
using pgrepo::pool_options;

/// One statement's answer, of a text column.
inline std::string ask(const loan& on, const std::string& text, call_options options = {}) {
    const pgrepo::rowset rows = on->execute({.text = text, .id = "asks", .prepare = false}, {}, options);
    return rows.row_count() == 0 ? std::string() : std::string(rows.cell_at(0, 0).bytes());
}

/// Counts warnings by their codes, besides.
class warnings_heard : public pgrepo::observer {
public:
    void on_warning(const pgrepo::warning_event& event) noexcept override {
        const std::lock_guard lock(mutex_);
        heard_.emplace_back(event.code, std::string(event.message));
    }
    [[nodiscard]] std::size_t count(std::string_view code) {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::ranges::count_if(heard_, [&](auto& each) { return each.first == code; }));
    }
    /// Of the first with that code; empty: none.
    [[nodiscard]] std::string first(std::string_view code) {
        const std::lock_guard lock(mutex_);
        for (const auto& [each, text] : heard_)
            if (each == code) return text;
        return {};
    }

private:
    std::mutex mutex_{};
    std::vector<std::pair<std::string, std::string>> heard_{};
};

inline bool adds_up(const pool_counts& now) {
    return now.total == now.idle + now.borrowed + now.opening && now.total <= now.max;
}

/// Looks at a pool's numbers over and over while something happens to it.
class sampler {
public:
    explicit sampler(const pool& of)
        : thread_([this, &of] {
              while (!stop_) {
                  const pool_counts now = of.counts();
                  if (!adds_up(now)) ++wrong_;
                  std::uint32_t most = most_opening_;
                  while (now.opening > most && !most_opening_.compare_exchange_weak(most, now.opening)) {}
                  ++samples_;
                  std::this_thread::sleep_for(200us);
              }
          }) {}
    sampler(const sampler&) = delete;
    sampler& operator=(const sampler&) = delete;
    ~sampler() { end(); }

    void end() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// Since the last call.
    std::uint32_t take_most_opening() { return most_opening_.exchange(0); }
    void check() {
        end();
        BOOST_TEST(samples_ > 0U);
        BOOST_TEST(wrong_ == 0U);
    }

private:
    std::atomic<bool> stop_{false};
    std::atomic<std::size_t> samples_{0}, wrong_{0};
    std::atomic<std::uint32_t> most_opening_{0};
    std::thread thread_;
};

/// A pool on a database of one's own, behind a proxy. What it lends must have come back before it ends.
struct pooled {
    explicit pooled(pool_options limits, pgrepo::observer* watcher = nullptr) : lender(options(), limits, watcher) {}

    database db{notes_schema};
    fault_proxy proxy{the_server()};
    pool lender;

    [[nodiscard]] pgrepo::connection_options options() { return through(proxy, db.config()).connection(); }
    /// Nobody has anything, nothing was lost, and as many sessions as there may be can be had at once.
    void check_whole() {
        wait_for("rest", [&] { return lender.counts().opening == 0; });
        const pool_counts now = lender.counts();
        BOOST_TEST(now.borrowed == 0U);
        BOOST_TEST(now.waiting == 0U);
        BOOST_TEST(now.idle == now.total);
        std::vector<loan> all;
        for (std::uint32_t i = 0; i < now.max; ++i) all.push_back(lender.acquire(deadline::in(10s)));
        for (const loan& each : all) BOOST_TEST(ask(each, "SELECT 'here'") == "here");
        BOOST_TEST(lender.counts().borrowed == now.max);
        all.clear();
        db.wait_for_sessions(static_cast<int>(now.max));
    }
};

/// On a thread of its own: one that holds a session itself would be told not to wait.
template <class Function> pgrepo::error failure_elsewhere(Function&& function) {
    timed_failure out;
    std::thread([&] { out.take(function); }).join();
    return out.get();
}

} // namespace faults
