#pragma once

// What the programs of benchmarks/growth share. Each measures one subject (libpq by hand, or pgrepo) at one size, once, and
// prints one line of JSON.

#include <pgrepo/pgrepo.hpp>

#include <fmt/core.h>

#include <sched.h>
#include <time.h>

#include <bit>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace growing {

inline void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}

// ---- checksums of what was read: of every field, whatever the order of the rows

inline std::uint64_t mix(std::uint64_t sum, std::int64_t value) {
    return (sum ^ static_cast<std::uint64_t>(value)) * 0x100000001b3ULL;
}
inline std::uint64_t mix(std::uint64_t sum, bool value) {
    return mix(sum, std::int64_t{value});
}
inline std::uint64_t mix(std::uint64_t sum, double value) {
    return mix(sum, std::bit_cast<std::int64_t>(value));
}
inline std::uint64_t mix(std::uint64_t sum, std::string_view bytes) {
    for (const char c : bytes) sum = mix(sum, std::int64_t{static_cast<unsigned char>(c)});
    return sum;
}
inline std::uint64_t mix(std::uint64_t sum, const std::string& text) {
    return mix(sum, std::string_view(text));
}
inline std::uint64_t mix(std::uint64_t sum, const pgrepo::uuid& id) {
    char bytes[16];
    std::memcpy(bytes, &id, sizeof bytes);
    return mix(sum, std::string_view(bytes, sizeof bytes));
}
inline std::uint64_t mix(std::uint64_t sum, pgrepo::timestamptz time) {
    return mix(sum, time.count());
}
template <class T> std::uint64_t mix(std::uint64_t sum, const std::optional<T>& value) {
    return value ? mix(sum, *value) : mix(sum, std::int64_t{-1});
}
inline constexpr std::uint64_t no_fields = 0xcbf29ce484222325ULL;

// ---- measuring

struct job {
    bool by_hand = false;
    int size = 0;    // what grows
    int repeats = 0; // so that one measurement takes long enough
};

/// A thread that sleeps while the work is done, as in measure.cpp, which says why.
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

/// This process's CPU (user and system, all its threads) and the time that passes.
class clocks {
public:
    void start() {
        wall_ = now(CLOCK_MONOTONIC);
        cpu_ = now(CLOCK_PROCESS_CPUTIME_ID);
    }
    void stop() {
        cpu_ = now(CLOCK_PROCESS_CPUTIME_ID) - cpu_;
        wall_ = now(CLOCK_MONOTONIC) - wall_;
    }
    [[nodiscard]] std::int64_t cpu() const { return cpu_; }
    [[nodiscard]] std::int64_t wall() const { return wall_; }

private:
    static std::int64_t now(clockid_t clock) {
        timespec read{};
        clock_gettime(clock, &read);
        return std::int64_t{read.tv_sec} * 1'000'000'000 + read.tv_nsec;
    }
    std::int64_t cpu_ = 0;
    std::int64_t wall_ = 0;
};

/// The most memory that this process ever had resident, in kB.
inline std::int64_t peak_memory() {
    std::int64_t peak = 0;
    if (std::FILE* const file = std::fopen("/proc/self/status", "r")) {
        char line[256];
        while (std::fgets(line, sizeof line, file) != nullptr)
            if (std::string_view(line).starts_with("VmHWM:")) peak = std::strtoll(line + 6, nullptr, 10);
        std::fclose(file);
    }
    return peak;
}

inline void report(const clocks& took, std::int64_t operations, std::uint64_t sum) {
    fmt::print("{{\"cpu_ns\":{},\"wall_ns\":{},\"operations\":{},\"peak_kb\":{},\"checksum\":\"{:016x}\"}}\n",
               took.cpu(), took.wall(), operations, peak_memory(), sum);
}

/// Reads all rows `repeats` times. `read` returns them in a vector, `sum_of` takes one.
template <class Read, class SumOf>
void measure_reads(const job& todo, std::size_t rows, const Read& read, const SumOf& sum_of) {
    std::uint64_t sum = 0;
    for (const auto& row : read()) sum += sum_of(row);
    for (int i = 0; i < todo.repeats / 10; ++i) require(read().size() == rows, "rows were missed");
    clocks took;
    took.start();
    for (int i = 0; i < todo.repeats; ++i) require(read().size() == rows, "rows were missed");
    took.stop();
    report(took, static_cast<std::int64_t>(rows) * todo.repeats, sum);
}

inline int positive(const char* text) {
    int value = 0;
    const char* const end = text + std::strlen(text);
    const auto [stopped, problem] = std::from_chars(text, end, value);
    return problem == std::errc{} && stopped == end && value > 0 ? value : 0;
}

/// main() of such a program.
inline int run(int argc, char** argv, void (*measure)(const job&)) {
    const std::string_view subject = argc == 4 ? argv[1] : "";
    const job todo{subject == "by_hand", argc == 4 ? positive(argv[2]) : 0, argc == 4 ? positive(argv[3]) : 0};
    if ((subject != "by_hand" && subject != "pgrepo") || todo.size == 0 || todo.repeats == 0) {
        fmt::print(stderr, "usage: {} by_hand|pgrepo SIZE REPEATS; started by benchmarks/growth\n", argv[0]);
        return 2;
    }
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != 1) {
        fmt::print(stderr, "{}: not pinned to one core, so ratios would measure the scheduler; run benchmarks/growth\n",
                   argv[0]);
        return 2;
    }
    try {
        const company other_thread;
        measure(todo);
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", argv[0], failure.what());
        return 1;
    }
}

} // namespace growing
