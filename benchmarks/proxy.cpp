// A TCP proxy before the server: makes round trips longer, and counts them.
//
//   pgrepo_bench_proxy --delay-us N PORT
//
// prints two ports of 127.0.0.1 on one line: that of the proxy, which leads to PORT, and one whose callers are told how many round
// trips there have been so far. What the client sends is handed on at once; what the server sends is held back for N µs, so
// that a round trip takes that much longer, however much is sent in it. A round trip is counted when the client sends something
// after the server has, or for the first time: that is when it must have waited. One thread, one poll loop; ends by SIGTERM.

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

/// A file descriptor that is closed with its owner.
class descriptor {
public:
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}
descriptor listening() {
    descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = loopback(0);
    require(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                listen(socket.get(), 128) == 0,
            "cannot listen");
    return socket;
}
int port_of(const descriptor& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    require(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "no port");
    return ntohs(address.sin_port);
}
/// Neither waits for a full packet nor blocks.
void prepare(const descriptor& socket) {
    const int yes = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(socket.get(), F_SETFL, fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
}

/// Bytes on their way in one direction, each piece with the time from which on it may arrive.
class lane {
public:
    explicit lane(clock_type::duration delay) : delay_(delay) {}

    /// Whether anything came. Throws nothing: an end or an error ends the lane once it is empty.
    bool read(int from) {
        if (ended_) return false;
        const ssize_t got = recv(from, room_, sizeof room_, 0);
        if (got > 0) {
            pieces_.push_back({clock_type::now() + delay_, std::string(room_, static_cast<std::size_t>(got))});
            return true;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) ended_ = true;
        return false;
    }
    void write(int to) {
        while (!pieces_.empty() && pieces_.front().due <= clock_type::now()) {
            piece& first = pieces_.front();
            const ssize_t sent = send(to, first.bytes.data() + sent_, first.bytes.size() - sent_, MSG_NOSIGNAL);
            full_ = sent < 0 && errno == EAGAIN;
            if (full_) return;
            if (sent < 0) {
                ended_ = true;
                pieces_.clear();
                return;
            }
            sent_ += static_cast<std::size_t>(sent);
            if (sent_ < first.bytes.size()) continue;
            sent_ = 0;
            pieces_.pop_front();
        }
    }
    [[nodiscard]] bool over() const noexcept { return ended_ && pieces_.empty(); }
    /// The receiver takes no more for now.
    [[nodiscard]] bool full() const noexcept { return full_; }
    /// When the next piece may go; never while there is none.
    [[nodiscard]] clock_type::time_point due() const noexcept {
        return pieces_.empty() || full_ ? clock_type::time_point::max() : pieces_.front().due;
    }

private:
    struct piece {
        clock_type::time_point due;
        std::string bytes;
    };
    clock_type::duration delay_;
    std::deque<piece> pieces_{};
    std::size_t sent_ = 0; // of the first
    bool ended_ = false;
    bool full_ = false;
    char room_[64 * 1024];
};

struct session {
    descriptor client;
    descriptor server;
    lane there{clock_type::duration::zero()};
    lane back;
    bool client_sent_last = false;
};

class proxy {
public:
    proxy(std::uint16_t server, clock_type::duration delay) : server_(server), delay_(delay) {}

    void announce() const {
        std::printf("%d %d\n", port_of(doors_), port_of(counter_));
        std::fflush(stdout);
    }
    void run() {
        std::vector<pollfd> watched;
        for (;;) {
            watched.assign({{doors_.get(), POLLIN, 0}, {counter_.get(), POLLIN, 0}});
            auto due = clock_type::time_point::max();
            for (const auto& each : sessions_) {
                const auto events = [](const lane& out) {
                    return static_cast<short>(POLLIN | (out.full() ? POLLOUT : 0));
                };
                watched.push_back({each->client.get(), events(each->back), 0});
                watched.push_back({each->server.get(), events(each->there), 0});
                due = std::min(due, each->back.due());
            }
            wait(watched, due);
            for (std::size_t i = 0; i < sessions_.size(); ++i)
                forward(*sessions_[i], watched[2 + 2 * i].revents != 0, watched[3 + 2 * i].revents != 0);
            std::erase_if(sessions_, [](const auto& each) { return each->there.over() || each->back.over(); });
            if (watched[0].revents != 0) open();
            if (watched[1].revents != 0) answer();
        }
    }

private:
    static void wait(std::vector<pollfd>& watched, clock_type::time_point due) {
        timespec left{};
        const bool limited = due != clock_type::time_point::max();
        if (limited) {
            const auto span = std::max(due - clock_type::now(), clock_type::duration::zero());
            const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(span).count();
            left = {ns / 1'000'000'000, ns % 1'000'000'000};
        }
        const int ready = ppoll(watched.data(), watched.size(), limited ? &left : nullptr, nullptr);
        require(ready >= 0 || errno == EINTR, "cannot wait");
    }
    void forward(session& between, bool client_spoke, bool server_spoke) {
        if (server_spoke && between.back.read(between.server.get())) between.client_sent_last = false;
        if (client_spoke && between.there.read(between.client.get()) && !std::exchange(between.client_sent_last, true))
            ++round_trips_;
        between.there.write(between.server.get());
        between.back.write(between.client.get());
    }
    void open() {
        descriptor client(accept(doors_.get(), nullptr, nullptr));
        descriptor server(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(server_);
        if (client.get() < 0 || connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            return; // the client sees its end
        prepare(client);
        prepare(server);
        sessions_.push_back(std::make_unique<session>(
            session{.client = std::move(client), .server = std::move(server), .back = lane(delay_)}));
    }
    void answer() const {
        const descriptor caller(accept(counter_.get(), nullptr, nullptr));
        const std::string text = std::to_string(round_trips_) + "\n";
        if (caller.get() >= 0) (void)send(caller.get(), text.data(), text.size(), MSG_NOSIGNAL);
    }

    std::uint16_t server_;
    clock_type::duration delay_;
    descriptor doors_ = listening();
    descriptor counter_ = listening();
    std::vector<std::unique_ptr<session>> sessions_{};
    std::int64_t round_trips_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 4 || std::string_view(argv[1]) != "--delay-us") {
        std::fprintf(stderr, "usage: %s --delay-us N PORT; started by benchmarks/run\n", argv[0]);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM); // not to outlive whoever started it
    prctl(PR_SET_TIMERSLACK, 1000);   // ns: the usual 50 µs would be a twentieth of the delay
    try {
        proxy between(static_cast<std::uint16_t>(std::atoi(argv[3])), std::chrono::microseconds(std::atoll(argv[2])));
        between.announce();
        between.run();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s: %s\n", argv[0], failure.what());
        return 1;
    }
}
