// By how much a call outlives its deadline when nothing comes back. One line of JSON for each case, a number of milliseconds for
// each run. Started by benchmarks/overshoot, inside scripts/with-postgres.
//
// Each run first proves its fault: bytes that the proxy counted, look-ups that began.

#include "fault_proxy.hpp" // of tests/faults/support

#include <pgrepo/pgrepo.hpp>
#include <pgrepo/pq/connection.hpp>

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using faults::way;
using pgrepo::connection;
using pgrepo::deadline;
using pgrepo::error_kind;
using clock = std::chrono::steady_clock;

/// Look-ups of names that end in ".example" wait here.
struct gate {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool open = false;
    int begun = 0, inside = 0;
};
gate& names() {
    static gate only;
    return only;
}

} // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** out) {
    using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto original = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (name == nullptr || std::strstr(name, ".example") == nullptr) return original(name, service, hints, out);
    gate& at = names();
    std::unique_lock lock(at.mutex);
    ++at.begun;
    ++at.inside;
    at.changed.notify_all();
    at.changed.wait(lock, [&] { return at.open; });
    --at.inside;
    at.changed.notify_all();
    return EAI_NONAME;
}

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set; run benchmarks/overshoot");
    return value;
}

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("the fault did not happen: ") + what);
}

struct bench {
    int runs;
    std::chrono::milliseconds limit;
    faults::fault_proxy proxy{
        {variable("POSTGRES_HOST"), static_cast<std::uint16_t>(std::stoi(variable("POSTGRES_PORT")))}};

    [[nodiscard]] pgrepo::postgres_config config() const {
        pgrepo::postgres_config out;
        out.host = "127.0.0.1";
        out.port = proxy.port();
        out.user = variable("POSTGRES_USER");
        out.password = pgrepo::secret(variable("POSTGRES_PASSWORD"));
        out.database = variable("POSTGRES_DATABASE");
        out.connect_timeout = 30s;
        out.pool_max = 1;
        return out;
    }

    /// How late the call ended, in milliseconds. It must end by its deadline.
    template <class Call> [[nodiscard]] double late(Call&& call) const {
        const auto start = clock::now();
        try {
            call(deadline(start + limit));
        } catch (const pgrepo::error& failure) {
            const auto took = clock::now() - start;
            if (failure.kind() != error_kind::deadline_exceeded) throw;
            return std::chrono::duration<double, std::milli>(took - limit).count();
        }
        throw std::runtime_error("a call succeeded that could not");
    }

    template <class Run> void measure(const char* name, Run&& run) {
        std::printf(R"({"case":"%s","overshoot_ms":[)", name);
        for (int i = 0; i < runs; ++i) std::printf("%s%.3f", i == 0 ? "" : ",", run());
        std::puts("]}");
        std::fflush(stdout);
    }

    /// Calls on a session of a pool that is open and works, and then meets the fault.
    void calls(const char* name, const std::function<void()>& fault, const std::function<bool()>& happened) {
        pgrepo::postgres_service service(config());
        constexpr auto one = pgrepo::sql<"SELECT 1", "one">;
        measure(name, [&] {
            proxy.pass();
            (void)service.select_value<std::int32_t>(one); // a new session: the last one was closed
            fault();
            const double out =
                late([&](deadline until) { (void)service.with({.deadline = until}).select_value<std::int32_t>(one); });
            require(happened(), name);
            return out;
        });
        proxy.pass();
    }

    void all() {
        std::size_t sent = 0, came = 0, lost = 0;
        const auto remember = [&] {
            const auto now = proxy.counts();
            sent = now.to_server.forwarded;
            came = now.to_client.forwarded;
            lost = swallowed();
        };
        const auto no_answer = [&] { return proxy.counts().to_client.forwarded == came; };
        calls(
            "a stalled answer",
            [&] {
                proxy.stall(way::to_client);
                remember();
            },
            [&] { return no_answer() && proxy.counts().to_server.forwarded > sent; });
        calls(
            "a half-open link, answers lost",
            [&] {
                proxy.swallow(way::to_client);
                remember();
            },
            [&] { return no_answer() && swallowed() > lost; });
        calls(
            "a half-open link, requests lost",
            [&] {
                proxy.swallow(way::to_server);
                remember();
            },
            [&] { return no_answer() && swallowed() > lost; });
        proxy.swallow(way::to_client);
        measure("a session that is not answered while it is opened", [&] {
            remember();
            const double out = late([&](deadline until) { (void)connection::open(config().connection(), until); });
            require(no_answer() && proxy.counts().to_server.forwarded > sent, "opening");
            return out;
        });
        slow_names();
    }

    [[nodiscard]] std::size_t swallowed() const {
        const auto now = proxy.counts();
        return now.to_server.swallowed + now.to_client.swallowed;
    }

    void slow_names() {
        auto options = config().connection();
        options.host = "database.example";
        options.tls_ca = variable("PGREPO_OVERSHOOT_CA"); // nobody comes so far as to be verified
        measure("a name that is looked up slowly", [&] {
            gate& at = names();
            const int before = [&] {
                const std::lock_guard lock(at.mutex);
                return at.begun;
            }();
            const double out = late([&](deadline until) { (void)connection::open(options, until); });
            std::unique_lock lock(at.mutex);
            require(at.changed.wait_for(lock, 30s, [&] { return at.begun == before + 1; }), "a look-up");
            return out;
        });
        gate& at = names();
        std::unique_lock lock(at.mutex);
        at.open = true;
        at.changed.notify_all();
        at.changed.wait(lock, [&] { return at.inside == 0; });
    }
};

} // namespace

int main(int count, char** arguments) {
    try {
        if (count != 3) throw std::runtime_error("usage: overshoot RUNS DEADLINE_MS");
        bench{.runs = std::stoi(arguments[1]), .limit = std::chrono::milliseconds(std::stoi(arguments[2]))}.all();
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "overshoot: %s\n", failure.what());
        return 1;
    }
}
