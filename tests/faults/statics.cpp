// A program whose service, pool and loan are static, and which leaves main in different ways without closing anything: F39.
// Its exit code is 0 exactly if all went well until then and its end was an ordinary one.

#include <pgrepo/pgrepo.hpp>
#include <pgrepo/pq/pool.hpp>

#include <arpa/inet.h>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <thread>

namespace {

using namespace std::chrono_literals;
using pgrepo::deadline;

pgrepo::postgres_config config() {
    auto out = pgrepo::postgres_config::from_env();
    out.application_name = "pgrepo_statics";
    out.pool_max = 3;
    out.connect_timeout = 30s;
    return out;
}

/// Made at its first use, ended after main.
pgrepo::postgres_service& service() {
    static pgrepo::postgres_service made(config());
    return made;
}
std::optional<pgrepo::loan> kept; // made before any pool is, ended after it
std::optional<pgrepo::pool> global;

bool answers() {
    return service().select_value<std::int32_t>(pgrepo::sql<"SELECT 1">) == 1;
}

/// A port that takes connections and never says a word.
std::uint16_t silent_port() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener, 64) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        std::_Exit(3);
    return ntohs(address.sin_port);
}

/// Threads that have calls, or wait, while the program ends below them would use what is gone, whoever wrote them: so they
/// are told and joined first, as a program must.
int leave(const char* how) {
    const auto is = [how](const char* name) { return std::strcmp(how, name) == 0; };
    if (is("service")) return answers() ? 0 : 1;
    if (is("closed")) {
        const bool good = answers();
        service().close();
        return good ? 0 : 1;
    }
    if (is("opening")) { // the pool's threads are in a connect that does not end
        auto options = config().connection();
        options.host = "127.0.0.1";
        options.port = silent_port();
        options.tls = pgrepo::tls_mode::off;
        global.emplace(options, pgrepo::pool_options{.max = 4, .min = 4, .connect_concurrency = 4});
        try {
            (void)global->acquire(deadline::in(200ms));
        } catch (const pgrepo::error& failure) {
            return failure.kind() == pgrepo::error_kind::deadline_exceeded && global->counts().opening >= 1 ? 0 : 1;
        }
        return 1;
    }
    if (is("calls") || is("tls")) { // sessions are still being opened when it ends, over TLS, too
        auto server = config();
        if (is("tls")) {
            server.host = "localhost";
            server.port = static_cast<std::uint16_t>(std::atoi(std::getenv("POSTGRES_TCP_PORT")));
            server.tls = pgrepo::tls_mode::verify_full;
            server.tls_ca = std::getenv("POSTGRES_SSL_CA");
        }
        global.emplace(server.connection(), pgrepo::pool_options{.max = 8, .min = 8});
        { const auto mine = global->acquire(deadline::in(60s)); }
        return answers() ? 0 : 1;
    }
    global.emplace(config().connection(), config().pool());
    kept.emplace(global->acquire(deadline::in(60s)));
    if (is("loan")) return 0; // outlives its pool, in the order of destruction
    if (is("exit")) {
        std::thread([] { std::exit((*kept)->usable() ? 0 : 1); }).join(); // not from main's thread
        return 1;
    }
    return 2;
}

} // namespace

int main(int argc, char* argv[]) {
    try {
        return argc == 2 ? leave(argv[1]) : 2;
    } catch (const pgrepo::error&) {
        return 4;
    }
}
