// Does one workload once with the library that this program is linked with, and prints one line of JSON: CPU of this process
// (user and system) and elapsed time, a checksum of what came, and who did it. benchmarks/run starts it, many times.

#include "by_hand.hpp"
#include "client.hpp"
#include "workloads/workload.hpp"

#include <fmt/core.h>

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <arpa/inet.h>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

/// callgrind counts inside this alone.
extern "C" [[gnu::noinline]] void pgrepo_bench_measured(const std::function<void()>* work) {
    (*work)();
}

namespace {

std::int64_t nanoseconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// What the proxy has counted so far; it answers whoever connects to this port.
std::int64_t round_trips_so_far(const char* port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char text[32]{};
    const bool read = connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                      ::read(socket, text, sizeof text - 1) > 0;
    close(socket);
    require(read, "the proxy does not say how many round trips it saw");
    return std::atoll(text);
}

/// The most memory that this process has had, in KiB.
std::int64_t peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6);
    return 0;
}

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

/// What a service that has run for a while has taught glibc's allocator: blocks of this size come again, and are kept. In a
/// fresh process the end of the heap is given back to the kernel after each larger result and touched anew for the next one, or
/// is not, by luck of what lies there: a seventh of W4's CPU.
void settle_allocator() {
    void* volatile block = std::malloc(30 * 1024 * 1024); // never touched, so it is no memory
    std::free(block);
}

/// Those that benchmarks/run has chosen, so that each process has the same.
std::vector<pgrepo::uuid> chosen_ids(const pgrepo::postgres_config& config) {
    const auto session = by_hand::connect(config);
    const by_hand::result rows(
        PQexecParams(session.get(), "SELECT id FROM bench_ids ORDER BY id", 0, nullptr, nullptr, nullptr, nullptr, 1));
    require(rows && PQresultStatus(rows.get()) == PGRES_TUPLES_OK && PQntuples(rows.get()) >= 1'000,
            "the database is not the benchmark's: run it by scripts/bench");
    std::vector<pgrepo::uuid> ids(static_cast<std::size_t>(PQntuples(rows.get())));
    for (std::size_t i = 0; i < ids.size(); ++i)
        std::memcpy(ids[i].data, PQgetvalue(rows.get(), static_cast<int>(i), 0), 16);
    return ids;
}

void list(const client& library) {
    const char* separator = "";
    fmt::print("{{\"version\":\"{}\",\"workloads\":[", library.version);
    for (const workload& each : workloads()) {
        fmt::print("{}{{\"id\":\"{}\",\"name\":\"{}\",\"can\":{},\"operations\":{},\"slow_operations\":{}}}", separator,
                   each.id, each.name, each.can(library), each.operations, each.slow_operations);
        separator = ",\n";
    }
    fmt::print("]}}\n");
}

int measure(const workload& work, const client& library, std::int64_t operations) {
    const company other_thread;
    settle_allocator();
    auto config = pgrepo::postgres_config::from_env();
    config.max_uses = 0; // by hand nothing is opened anew; README.md says what that costs
    stopwatch watch;
    const outcome done = work.run({library, config, chosen_ids(config), operations}, watch);
    const auto number_or_null = [](const std::optional<std::int64_t>& value) {
        return value ? std::to_string(*value) : "null";
    };
    fmt::print("{{\"version\":\"{}\",\"cpu_ns\":{},\"wall_ns\":{},\"operations\":{},\"checksum\":\"{:016x}\","
               "\"peak_kib\":{},\"round_trips\":{},\"connections_opened\":{}}}\n",
               library.version, watch.cpu_ns(), watch.wall_ns(), done.operations, done.checksum, peak_memory(),
               number_or_null(watch.round_trips()), number_or_null(done.connections_opened));
    return 0;
}

int usage(const char* program) {
    fmt::print(
        stderr,
        "usage: {} --list | WORKLOAD OPERATIONS; started by benchmarks/run, which finds its workloads by --list\n",
        program);
    return 2;
}

} // namespace

void stopwatch::measure(const std::function<void()>& work) {
    const char* const proxy = std::getenv("PGREPO_BENCH_PROXY");
    const std::int64_t trips = proxy ? round_trips_so_far(proxy) : 0;
    const std::int64_t wall = nanoseconds(CLOCK_MONOTONIC);
    const std::int64_t cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    pgrepo_bench_measured(&work);
    cpu_ += nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall_ += nanoseconds(CLOCK_MONOTONIC) - wall;
    if (proxy) trips_ = trips_.value_or(0) + round_trips_so_far(proxy) - trips;
}

int main(int argc, char** argv) {
    const client library = this_client();
    if (argc == 2 && std::string_view(argv[1]) == "--list") {
        list(library);
        return 0;
    }
    if (argc != 3) return usage(argv[0]);
    const auto& known = workloads();
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const workload& each) { return each.id == argv[1]; });
    const std::int64_t operations = std::atoll(argv[2]);
    if (found == known.end() || !found->can(library) || operations <= 0) return usage(argv[0]);
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != 1) {
        fmt::print(stderr, "{}: not pinned to one core, so ratios would measure the scheduler; run scripts/bench\n",
                   argv[0]);
        return 2;
    }
    try {
        return measure(*found, library, operations);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", argv[0], failure.what());
        return 1;
    }
}
