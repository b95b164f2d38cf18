// How a pool of 20 comes through a restart of its server, under load. One line of JSON for each run. Started by
// benchmarks/recovery, inside a scripts/with-postgres of its own, whose server it stops and starts again.

#include "private_server.hpp" // of tests/faults/support

#include <pgrepo/pgrepo.hpp>
#include <pgrepo/pq/pool.hpp>

#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using stopwatch = std::chrono::steady_clock;

constexpr unsigned sessions = 20;

/// Threads that borrow a session, ask it something that takes a hundredth of a second, so that each needs one of its own, give
/// it back, and begin anew, after a moment where that failed.
class load {
public:
    explicit load(pgrepo::pool& from) {
        for (unsigned i = 0; i < sessions; ++i)
            threads_.emplace_back([this, &from] {
                while (!stop_) try {
                        const pgrepo::loan mine = from.acquire(pgrepo::deadline::in(20s));
                        static_cast<void>(
                            mine->execute({.text = "SELECT pg_sleep(0.01)", .id = "asks", .prepare = false}, {}));
                        ++served_;
                    } catch (const pgrepo::error&) {
                        ++failed_;
                        std::this_thread::sleep_for(1ms); // callers have something else to do
                    }
            });
    }
    load(const load&) = delete;
    load& operator=(const load&) = delete;
    ~load() {
        stop_ = true;
        for (auto& each : threads_) each.join();
    }
    [[nodiscard]] std::size_t served() const noexcept { return served_; }
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }

private:
    std::atomic<bool> stop_{false};
    std::atomic<std::size_t> served_{0}, failed_{0};
    std::vector<std::thread> threads_{};
};

bool whole(const pgrepo::pool& pool) {
    const pgrepo::pool_counts now = pool.counts();
    return now.total == sessions && now.opening == 0;
}

template <class Function> void until(const char* what, Function&& holds) {
    const auto limit = stopwatch::now() + 60s;
    while (!holds()) {
        if (stopwatch::now() > limit) throw std::runtime_error(std::string("never came: ") + what);
        std::this_thread::sleep_for(1ms);
    }
}

void restart(double down) {
    faults::private_server& server = faults::private_server::instance();
    auto config = pgrepo::postgres_config::from_env();
    config.pool_max = sessions;
    pgrepo::pool pool(config.connection(), config.pool());
    const load callers(pool);
    until("the whole pool", [&] { return whole(pool); });

    server.stop(SIGINT);
    until("the first failures", [&] { return callers.failed() > sessions && pool.counts().total <= 1; });
    const auto attempts = pool.statistics().open_failures;
    const auto failed = callers.failed();
    const auto served = callers.served();
    std::this_thread::sleep_for(std::chrono::duration<double>(down));
    const auto tried = pool.statistics().open_failures - attempts;
    const auto told = callers.failed() - failed;
    if (callers.served() != served) throw std::runtime_error("a call succeeded while the server was down");

    server.start();
    const auto start = stopwatch::now();
    const auto since = [&] { return std::chrono::duration<double, std::milli>(stopwatch::now() - start).count(); };
    until("the first success", [&] { return callers.served() > served; });
    const double first = since();
    until("the whole pool", [&] { return whole(pool); });
    std::printf("{\"attempts\": %zu, \"told\": %zu, \"first_ms\": %.1f, \"whole_ms\": %.1f}\n",
                static_cast<std::size_t>(tried), told, first, since());
    std::fflush(stdout);
}

} // namespace

int main(int count, char** arguments) {
    try {
        if (count != 3) throw std::runtime_error("usage: RUNS SECONDS; started by benchmarks/recovery");
        for (int i = std::atoi(arguments[1]); i > 0; --i) restart(std::atof(arguments[2]));
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "recovery: %s\n", failure.what());
        return 1;
    }
}
