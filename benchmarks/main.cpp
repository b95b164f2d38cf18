// Client CPU of pgrepo as ratios to libpq by hand: both in this process, interleaved round by round, on one core together
// with their backends (scripts/bench pins all of it). See benchmarks/README.md for what a ratio here does and does not say.

#include "by_hand.hpp"
#include "users.hpp"

#include <fmt/core.h>

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct times {
    double cpu = 0;  // seconds of this process, user and system
    double wall = 0; // seconds
};

double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

times timed(const std::function<void()>& work) {
    const double wall = seconds(CLOCK_MONOTONIC);
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    work();
    return {seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall};
}

double quantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    const double at = q * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (values[high] - values[low]) * (at - static_cast<double>(low));
}

struct workload {
    std::string id;
    std::string name;
    int rounds;
    std::function<void()> subject;
    std::function<void()> baseline;
};

struct measurement {
    std::string id;
    std::string name;
    double cpu_ratio;
    double wall_ratio;
    double spread;         // half the distance between the 10th and 90th percentile of the rounds' cpu ratios
    double subject_cpu_us; // of one round, for orientation only
    double baseline_cpu_us;
};

/// Each round runs both, in turn first and second, and gives one ratio; the median of the ratios counts.
measurement measure(const workload& work) {
    work.baseline(); // caches warm, statements prepared, memory touched
    work.subject();
    std::vector<double> cpu;
    std::vector<double> wall;
    std::vector<double> subject_cpu;
    std::vector<double> baseline_cpu;
    for (int round = 0; round < work.rounds; ++round) {
        times subject;
        times baseline;
        if (round % 2 == 0) {
            baseline = timed(work.baseline);
            subject = timed(work.subject);
        } else {
            subject = timed(work.subject);
            baseline = timed(work.baseline);
        }
        cpu.push_back(subject.cpu / baseline.cpu);
        wall.push_back(subject.wall / baseline.wall);
        subject_cpu.push_back(subject.cpu * 1e6);
        baseline_cpu.push_back(baseline.cpu * 1e6);
        fmt::print(stderr, "\r{} {}/{} ", work.id, round + 1, work.rounds);
        std::fflush(stderr);
    }
    fmt::print(stderr, "\r");
    return {work.id,
            work.name,
            quantile(cpu, 0.5),
            quantile(wall, 0.5),
            (quantile(cpu, 0.9) - quantile(cpu, 0.1)) / 2,
            quantile(subject_cpu, 0.5),
            quantile(baseline_cpu, 0.5)};
}

void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}

bool same(const User& a, const User& b) {
    return a.id == b.id && a.email == b.email && a.first_name == b.first_name && a.last_name == b.last_name &&
           a.status == b.status && a.is_verified == b.is_verified && a.created_at == b.created_at &&
           a.updated_at == b.updated_at && a.deleted_at == b.deleted_at;
}

std::vector<measurement> run(const std::vector<std::string>& only, bool quick) {
    const auto config = pgrepo::postgres_config::from_env();
    pgrepo::postgres_service db{config};
    pgrepo::table_repository<User> users{db};
    const auto hand = by_hand::connect(config);

    require(users.count() == 0, "the table users is not empty: the benchmark fills it, give it a database of its own");
    db.insert(pgrepo::sql<"INSERT INTO users (email, first_name, last_name, is_verified) "
                          "SELECT 'user' || n || '@example.org', 'First' || n, 'Last name ' || n, n % 2 = 0 "
                          "FROM generate_series(1, $1) AS n">,
              100000);
    db.execute(pgrepo::sql<"ANALYZE users">);
    by_hand::prepare(hand.get());

    const std::vector<User> all = users.find_all();
    const std::vector<User> all_by_hand = by_hand::find_all(hand.get());
    require(all.size() == 100000 && all_by_hand.size() == 100000, "both must read all users");
    for (std::size_t i = 0; i < all.size(); ++i) require(same(all[i], all_by_hand[i]), "both must read the same users");

    // the same ids in the same order for both, spread over the table
    std::vector<pgrepo::uuid> ids;
    for (std::size_t i = 0; i < 5000; ++i) ids.push_back(all[(i * 7919) % all.size()].id);

    const std::vector<pgrepo::uuid> listed(ids.begin(), ids.begin() + 1000);
    const std::vector<User> found = users.find_by_ids(listed);
    const std::vector<User> found_by_hand = by_hand::find_by_ids(hand.get(), listed);
    require(found.size() == 1000 && found_by_hand.size() == 1000, "both must find all ids");
    for (std::size_t i = 0; i < found.size(); ++i)
        require(found[i].id == listed[i] && same(found[i], found_by_hand[i]), "both must find them in this order");

    const std::vector<workload> workloads{
        {"W1", "find by uuid, prepared, one session, 5,000 finds a round", quick ? 15 : 61,
         [&] {
             for (const auto& id : ids) require(users.find(id).has_value(), "pgrepo missed a user");
         },
         [&] {
             for (const auto& id : ids)
                 require(by_hand::find(hand.get(), id).has_value(), "the baseline missed a user");
         }},
        {"W2", "100,000 rows of nine fields into a vector", quick ? 9 : 31,
         [&] { require(users.find_all().size() == 100000, "pgrepo missed rows"); },
         [&] { require(by_hand::find_all(hand.get()).size() == 100000, "the baseline missed rows"); }},
        {"W4", "1,000 ids in one call, rows in their order, 10 calls a round", quick ? 15 : 61,
         [&] {
             for (int i = 0; i < 10; ++i) require(users.find_by_ids(listed).size() == 1000, "pgrepo missed rows");
         },
         [&] {
             for (int i = 0; i < 10; ++i)
                 require(by_hand::find_by_ids(hand.get(), listed).size() == 1000, "the baseline missed rows");
         }},
    };

    std::vector<measurement> results;
    for (const workload& work : workloads)
        if (only.empty() || std::find(only.begin(), only.end(), work.id) != only.end())
            results.push_back(measure(work));
    return results;
}

void write_json(std::FILE* out, const std::vector<measurement>& results) {
    fmt::print(out, "{{\"results\":[");
    const char* separator = "";
    for (const measurement& m : results) {
        fmt::print(out,
                   "{}\n{{\"id\":\"{}\",\"name\":\"{}\",\"subject\":\"pgrepo\",\"baseline\":\"libpq-binary\","
                   "\"cpu_ratio\":{:.3f},\"wall_ratio\":{:.3f},\"instr_ratio\":null,\"spread\":{:.3f}}}",
                   separator, m.id, m.name, m.cpu_ratio, m.wall_ratio, m.spread);
        separator = ",";
    }
    fmt::print(out, "\n]}}\n");
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        parts.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

} // namespace

int main(int argc, char** argv) {
    const char* json = nullptr;
    std::vector<std::string> only;
    bool quick = false;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--json" && i + 1 < argc) {
            json = argv[++i];
        } else if (word == "--only" && i + 1 < argc) {
            only = split(argv[++i]);
        } else if (word == "--quick") {
            quick = true;
        } else {
            fmt::print(stderr, "usage: pgrepo_bench [--json FILE] [--only W1,W2] [--quick]\n");
            return word == "--help" ? 0 : 2;
        }
    }
    for (const std::string& id : only)
        if (id != "W1" && id != "W2" && id != "W4") {
            fmt::print(stderr, "pgrepo_bench: {} is no workload; these are: W1, W2, W4\n", id);
            return 2;
        }
    try {
        cpu_set_t cores;
        CPU_ZERO(&cores);
        if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != 1) {
            fmt::print(
                stderr,
                "pgrepo_bench: not pinned to one core, so ratios would measure the scheduler; run scripts/bench\n");
            return 2;
        }
        const auto results = run(only, quick);
        fmt::print(
            "| id | workload | cpu ratio | wall ratio | spread | cpu of a round, pgrepo / by hand |\n|---|---|--:|--:|--:|--:|\n");
        for (const measurement& m : results)
            fmt::print("| {} | {} | {:.3f} | {:.3f} | ±{:.3f} | {:.0f} / {:.0f} us |\n", m.id, m.name, m.cpu_ratio,
                       m.wall_ratio, m.spread, m.subject_cpu_us, m.baseline_cpu_us);
        if (json != nullptr) {
            std::FILE* file = std::fopen(json, "w");
            if (file == nullptr) {
                fmt::print(stderr, "pgrepo_bench: {} cannot be written: {}\n", json, std::strerror(errno));
                return 1;
            }
            write_json(file, results);
            if (std::fclose(file) != 0) return 1;
        }
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "pgrepo_bench: {}\n", failure.what());
        return 1;
    }
}
