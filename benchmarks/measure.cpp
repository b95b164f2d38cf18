// Does one workload once with the library that this program is linked with, and prints one line of JSON: CPU of this process
// (user and system) and elapsed time, a checksum of what came, and who did it. benchmarks/run starts it, many times.

#include "by_hand.hpp"
#include "client.hpp"

#include <fmt/core.h>

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::int64_t table_rows = 100'000;
constexpr std::size_t finds = 5'000;
constexpr std::size_t listed = 1'000;

void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}

std::int64_t nanoseconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::uint64_t mix(std::uint64_t sum, std::string_view bytes) {
    for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return sum;
}
std::uint64_t mix(std::uint64_t sum, std::int64_t value) {
    return (sum ^ static_cast<std::uint64_t>(value)) * 0x100000001b3ULL;
}
/// Of every field, whatever the order of the rows.
std::uint64_t checksum(const std::vector<User>& users) {
    std::uint64_t all = 0;
    for (const User& user : users) {
        std::uint64_t sum = mix(0xcbf29ce484222325ULL, {reinterpret_cast<const char*>(user.id.data), 16});
        sum = mix(mix(mix(sum, user.email), user.first_name), user.last_name);
        sum = mix(mix(sum, static_cast<std::int64_t>(user.status)), std::int64_t{user.is_verified});
        sum = mix(mix(sum, user.created_at.count()), user.updated_at.count());
        all += mix(sum, user.deleted_at ? user.deleted_at->count() : -1);
    }
    return all;
}

struct work {
    std::function<void()> warm_up; // also fills `sum`
    std::function<void()> measured;
    std::int64_t operations;
};

/// A thread that sleeps while the work is done: a service has threads, and the C library and the kernel take shortcuts in a
/// process that has one alone, which pgrepo's, having one for deadlines, never is.
class company {
public:
    company()
        : thread_([this] {
              std::unique_lock lock(mutex_);
              ended_.wait(lock, [this] { return end_; });
          }) {}
    company(const company&) = delete;
    company& operator=(const company&) = delete;
    ~company() {
        {
            const std::lock_guard lock(mutex_);
            end_ = true;
        }
        ended_.notify_one();
        thread_.join();
    }

private:
    std::mutex mutex_{};
    std::condition_variable ended_{};
    bool end_ = false;
    std::thread thread_;
};

int measure(std::string_view id) {
    const company other_thread;
    const auto config = pgrepo::postgres_config::from_env();
    std::vector<pgrepo::uuid> ids;
    {
        const auto session = by_hand::connect(config);
        by_hand::prepare(session.get());
        const std::vector<User> all = by_hand::find_all(session.get());
        require(all.size() == static_cast<std::size_t>(table_rows),
                "the table users is not the benchmark's: run it by scripts/bench");
        for (std::size_t i = 0; i < finds; ++i) ids.push_back(all[i * 7919 % all.size()].id);
        std::sort(ids.begin(), ids.end()); // each process has the same, whatever the table's order
    }
    const std::vector<pgrepo::uuid> some(ids.begin(), ids.begin() + listed);
    const auto library = make_client(config);
    std::uint64_t sum = 0;
    work todo;
    if (id == "W1") {
        todo = {[&] {
                    std::vector<User> found;
                    for (std::size_t i = 0; i < 500; ++i) found.push_back(library->find(ids[i * 10]).value());
                    sum = checksum(found);
                },
                [&] {
                    for (const auto& one : ids) require(library->find(one).has_value(), "a user was missed");
                },
                static_cast<std::int64_t>(finds)};
    } else if (id == "W2") {
        todo = {
            [&] { sum = checksum(library->find_all()); },
            [&] { require(library->find_all().size() == static_cast<std::size_t>(table_rows), "rows were missed"); },
            table_rows};
    } else {
        todo = {[&] { sum = checksum(library->find_by_ids(some)); },
                [&] {
                    for (int i = 0; i < 20; ++i)
                        require(library->find_by_ids(some).size() == listed, "rows were missed");
                },
                20 * static_cast<std::int64_t>(listed)};
    }
    todo.warm_up();
    const std::int64_t wall = nanoseconds(CLOCK_MONOTONIC);
    const std::int64_t cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    todo.measured();
    const std::int64_t cpu_took = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    const std::int64_t wall_took = nanoseconds(CLOCK_MONOTONIC) - wall;
    fmt::print("{{\"version\":\"{}\",\"cpu_ns\":{},\"wall_ns\":{},\"operations\":{},\"checksum\":\"{:016x}\"}}\n",
               library->version(), cpu_took, wall_took, todo.operations, sum);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view id = argc == 2 ? argv[1] : "";
    if (id != "W1" && id != "W2" && id != "W4") {
        fmt::print(stderr, "usage: {} W1|W2|W4; started by benchmarks/run\n", argv[0]);
        return 2;
    }
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != 1) {
        fmt::print(stderr, "{}: not pinned to one core, so ratios would measure the scheduler; run scripts/bench\n",
                   argv[0]);
        return 2;
    }
    try {
        return measure(id);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", argv[0], failure.what());
        return 1;
    }
}
