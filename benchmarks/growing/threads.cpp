// SIZE threads, each of which finds one user after the other, REPEATS finds in all, over at most eight sessions.

#include "measuring.hpp"

#include <algorithm>
#include <barrier>
#include <by_hand.hpp>
#include <cstddef>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t sessions = 8;

/// The pool as one writes it by hand: the session that came back last goes out first, whoever comes takes it.
class hand_pool {
public:
    explicit hand_pool(const pgrepo::postgres_config& config, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            idle_.push_back(by_hand::connect(config));
            by_hand::prepare(idle_.back().get());
        }
    }
    by_hand::connection take() {
        std::unique_lock lock(mutex_);
        freed_.wait(lock, [this] { return !idle_.empty(); });
        by_hand::connection taken = std::move(idle_.back());
        idle_.pop_back();
        return taken;
    }
    void give_back(by_hand::connection session) {
        {
            const std::lock_guard lock(mutex_);
            idle_.push_back(std::move(session));
        }
        freed_.notify_one();
    }

private:
    std::mutex mutex_{};
    std::condition_variable freed_{};
    std::vector<by_hand::connection> idle_{};
};

/// Gives it back, whatever happens.
class hand_loan {
public:
    explicit hand_loan(hand_pool& pool) : pool_(pool), session_(pool.take()) {}
    hand_loan(const hand_loan&) = delete;
    hand_loan& operator=(const hand_loan&) = delete;
    ~hand_loan() { pool_.give_back(std::move(session_)); }
    [[nodiscard]] PGconn* get() const { return session_.get(); }

private:
    hand_pool& pool_;
    by_hand::connection session_;
};

/// Opens `size` sessions and prepares in each what will be asked: no measured find does either.
void open_sessions(pgrepo::postgres_service& db, const pgrepo::table_repository<User>& users, const pgrepo::uuid& id,
                   std::size_t size) {
    std::barrier all_borrowed(static_cast<std::ptrdiff_t>(size));
    std::vector<std::thread> borrowers;
    for (std::size_t i = 0; i < size; ++i)
        borrowers.emplace_back([&] {
            db.with_transaction([&](pgrepo::transaction& tx) {
                growing::require(users.with(tx).find(id).has_value(), "a user was missed");
                all_borrowed.arrive_and_wait();
            });
        });
    for (auto& each : borrowers) each.join();
}

/// Starting and ending the threads is not measured. An exception in one ends the program, with its text.
template <class Find>
void measure_threads(const growing::job& todo, const std::vector<pgrepo::uuid>& ids, const Find& find) {
    const auto threads = static_cast<std::size_t>(todo.size);
    const std::size_t each = static_cast<std::size_t>(todo.repeats) / threads;
    std::uint64_t sum = 0;
    for (const auto& id : ids) {
        const std::optional<User> found = find(id);
        growing::require(found.has_value(), "a user was missed");
        sum += growing::mix(growing::mix(growing::mix(growing::no_fields, found->id), found->email), found->created_at);
    }
    std::latch here(todo.size);
    std::latch start(1);
    std::latch done(todo.size);
    std::vector<std::thread> finders;
    for (std::size_t t = 0; t < threads; ++t)
        finders.emplace_back([&, t] {
            const auto find_some = [&](std::size_t count) {
                for (std::size_t i = 0; i < count; ++i)
                    growing::require(find(ids[(t * each + i) % ids.size()]).has_value(), "a user was missed");
            };
            find_some(each / 10 + 1);
            here.count_down();
            start.wait();
            find_some(each);
            done.count_down();
        });
    here.wait();
    growing::clocks took;
    took.start();
    start.count_down();
    done.wait();
    took.stop();
    for (auto& finder : finders) finder.join();
    growing::report(took, static_cast<std::int64_t>(threads * each), sum);
}

void measure(const growing::job& todo) {
    auto config = pgrepo::postgres_config::from_env();
    config.max_uses = 0; // by hand nothing is opened anew; README.md says what that costs
    std::vector<pgrepo::uuid> ids;
    {
        const auto session = by_hand::connect(config);
        by_hand::prepare(session.get());
        for (const User& user : by_hand::find_all(session.get())) ids.push_back(user.id);
    }
    growing::require(!ids.empty(), "the table users is empty");
    const std::size_t opened = std::min(sessions, static_cast<std::size_t>(todo.size));
    if (todo.by_hand) {
        hand_pool pool(config, opened);
        measure_threads(todo, ids, [&](const pgrepo::uuid& id) {
            const hand_loan session(pool);
            return by_hand::find(session.get(), id);
        });
    } else {
        config.pool_max = static_cast<std::uint32_t>(sessions);
        pgrepo::postgres_service db(config);
        const pgrepo::table_repository<User> users(db);
        open_sessions(db, users, ids.front(), opened);
        measure_threads(todo, ids, [&](const pgrepo::uuid& id) { return users.find(id); });
    }
}

} // namespace

int main(int argc, char** argv) {
    return growing::run(argc, argv, measure);
}
