#include "fault_proxy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>
#include <vector>

namespace faults {

namespace {

constexpr std::size_t most_waiting = 256 * 1024; // of one direction, before its sender has to wait
constexpr auto pause_between_pieces = std::chrono::microseconds(40);

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string("fault_proxy: ") + what + ": " + std::strerror(errno));
}

void set_up(int socket, bool tcp) {
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
    const int yes = 1;
    if (tcp) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/// -1 if nobody listens there.
int connect_to(const upstream& server) {
    const bool local = server.host.starts_with('/');
    const int out = ::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (out < 0) return -1;
    int done = 0;
    if (local) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = server.host + "/.s.PGSQL." + std::to_string(server.port);
        std::memcpy(address.sun_path, path.c_str(), std::min(path.size() + 1, sizeof address.sun_path - 1));
        done = ::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    } else {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server.port);
        ::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr);
        done = ::connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    if (done != 0) {
        ::close(out);
        return -1;
    }
    set_up(out, !local);
    return out;
}

} // namespace

fault_proxy::fault_proxy(upstream server)
    : server_(std::move(server)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (listener_ < 0 || wake_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("no port to listen on");
    set_up(listener_, false);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

fault_proxy::~fault_proxy() {
    change([this] { stop_ = true; });
    thread_.join();
    for (session& one : sessions_) end(one, ending::close);
    ::close(listener_);
    ::close(wake_);
}

template <class Function> void fault_proxy::change(Function&& apply) {
    {
        const std::lock_guard lock(mutex_);
        apply();
    }
    wake();
}

void fault_proxy::wake() noexcept {
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);
}

void fault_proxy::pass() {
    change([this] {
        up_ = down_ = {};
        text_.clear();
    });
}
void fault_proxy::swallow(way which) {
    change([&] { rule_of(which) = {.what = mode::swallow}; });
}
void fault_proxy::stall(way which) {
    change([&] { rule_of(which) = {.what = mode::stall}; });
}
void fault_proxy::delay(way which, std::chrono::milliseconds by) {
    change([&] { rule_of(which) = {.late = by}; });
}
void fault_proxy::fragment(way which, std::size_t most) {
    change([&] { rule_of(which) = {.late = pause_between_pieces, .most = most}; });
}
void fault_proxy::cut_after(way which, std::size_t count, ending how) {
    change([&] { rule_of(which) = {.left = count, .how = how}; });
}
void fault_proxy::on_text(std::string text, fate what) {
    change([&] {
        text_ = std::move(text);
        fate_ = what;
    });
}
void fault_proxy::refuse_tls(bool yes) {
    change([&] { refuses_tls_ = yes; });
}
void fault_proxy::refuse_sessions(bool yes) {
    change([&] { refuses_sessions_ = yes; });
}
void fault_proxy::reset_all() {
    change([this] {
        for (session& one : sessions_) end(one, ending::reset);
    });
}

proxy_counts fault_proxy::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

/// Both sockets; what waits is forgotten.
void fault_proxy::end(session& one, ending how) {
    if (one.client >= 0) {
        if (how == ending::reset) {
            const linger at_once{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(one.client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            ++counts_.resets;
        }
        ::close(std::exchange(one.client, -1));
    }
    if (one.server >= 0) ::close(std::exchange(one.server, -1));
}

void fault_proxy::drop_ended() {
    for (session& one : sessions_)
        if (one.held ? up_.what != mode::stall && down_.what != mode::stall : one.up.passed_end && one.down.passed_end)
            end(one, ending::close);
    counts_.open -= std::erase_if(sessions_, [](const session& one) { return one.client < 0 && one.server < 0; });
}

void fault_proxy::accept_one() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    set_up(client, true);
    ++counts_.sessions;
    const int server = refuses_sessions_ ? -1 : connect_to(server_);
    if (server < 0) { // as a port forwarder does when there is nobody behind it
        ::close(client);
        return;
    }
    ++counts_.open;
    session& one = sessions_.emplace_back();
    one.client = client;
    one.server = server;
}

void fault_proxy::read_from(session& one, way which) {
    stream& from = which == way::to_server ? one.up : one.down;
    const int socket = which == way::to_server ? one.client : one.server;
    std::string bytes(64 * 1024, '\0');
    const auto size = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
        from.ended = true;
        if (size < 0 && which == way::to_server) one.down.swallowing = true; // nobody is there to hear it
        return;
    }
    bytes.resize(static_cast<std::size_t>(size));
    traffic_of(which).read += bytes.size();
    take(one, which, std::move(bytes));
}

/// True: the chunk goes no further.
bool fault_proxy::meets_text(session& one, const std::string& bytes) {
    if (text_.empty() || bytes.find(text_) == std::string::npos) return false;
    text_.clear();
    ++counts_.matches;
    switch (fate_) {
    case fate::pass:
        return false;
    case fate::lose_answer:
        one.loses_answer = true;
        return false;
    case fate::hide_answer:
        one.down.swallowing = true;
        return false;
    case fate::hide_request:
        one.up.swallowing = true;
        return false; // swallowed and counted below
    case fate::lose_request:
        break;
    }
    counts_.to_server.swallowed += bytes.size();
    end(one, ending::reset);
    return true;
}

void fault_proxy::take(session& one, way which, std::string bytes) {
    stream& to = which == way::to_server ? one.up : one.down;
    rule& how = rule_of(which);
    if (which == way::to_server) {
        static constexpr std::string_view tls_request("\0\0\0\x08\x04\xd2\x16\x2f", 8);
        if (std::exchange(one.fresh, false) && refuses_tls_ && bytes == tls_request) {
            (void)!::write(one.client, "N", 1);
            ++counts_.tls_refusals;
            return;
        }
        if (meets_text(one, bytes)) return;
    } else if (one.loses_answer) {
        counts_.to_client.swallowed += bytes.size();
        return end(one, ending::reset);
    }
    if (to.swallowing || how.what == mode::swallow) {
        traffic_of(which).swallowed += bytes.size();
        return;
    }
    to.size += bytes.size();
    const auto now = clock::now();
    for (std::size_t at = 0; at < bytes.size();) {
        std::size_t part = bytes.size() - at;
        if (how.most > 0) {
            dice_ = dice_ * 1664525U + 1013904223U;
            part = std::min<std::size_t>(part, 1 + (dice_ >> 8U) % how.most);
        }
        // A pause after the piece before it; a delay for the chunk as a whole.
        to.last = std::max(now, how.most > 0 ? to.last : now) + how.late;
        to.waiting.push_back({bytes.substr(at, part), to.last});
        at += part;
    }
}

void fault_proxy::send_to(session& one, way which) {
    stream& from = which == way::to_server ? one.up : one.down;
    const int socket = which == way::to_server ? one.server : one.client;
    rule& how = rule_of(which);
    const auto now = clock::now();
    while (!from.waiting.empty() && from.waiting.front().due <= now) {
        std::string& bytes = from.waiting.front().bytes;
        if (how.left && *how.left == 0) break;
        const std::size_t most = how.left ? std::min(*how.left, bytes.size()) : bytes.size();
        const auto sent = ::send(socket, bytes.data(), most, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (sent < 0) { // the receiver is gone
            from.waiting.clear();
            from.size = 0;
            from.swallowing = true;
            break;
        }
        const auto size = static_cast<std::size_t>(sent);
        ++traffic_of(which).pieces;
        traffic_of(which).forwarded += size;
        from.size -= size;
        if (how.left) *how.left -= size;
        bytes.erase(0, size);
        if (bytes.empty()) from.waiting.pop_front();
    }
    if (how.left && *how.left == 0 && !from.waiting.empty()) { // more than that came
        ++counts_.cuts;
        how.left.reset();
        // What was let through must arrive: a reset may overtake it, an end does not.
        return end(one, how.how);
    }
    if (from.ended && from.waiting.empty() && !from.passed_end) {
        from.passed_end = true;
        ::shutdown(socket, SHUT_WR);
    }
}

void fault_proxy::look_at(session& one, short client_events, short server_events) {
    static constexpr short readable = POLLIN | POLLHUP | POLLERR;
    const bool hears_client = up_.what != mode::stall;
    if ((client_events & readable) != 0) {
        if (hears_client)
            read_from(one, way::to_server);
        else if ((client_events & (POLLERR | POLLHUP)) != 0) { // would be told for ever
            one.held = true;
            ::close(std::exchange(one.client, -1));
        }
    }
    if (one.server >= 0 && (server_events & readable) != 0) {
        if (down_.what != mode::stall)
            read_from(one, way::to_client);
        else if ((server_events & (POLLERR | POLLHUP)) != 0) {
            one.held = true;
            ::close(std::exchange(one.server, -1));
        }
    }
    if (one.client < 0 || one.server < 0) return;
    send_to(one, way::to_server);
    if (one.client >= 0 && one.server >= 0) send_to(one, way::to_client);
}

void fault_proxy::run() {
    std::vector<pollfd> watched;
    for (;;) {
        watched.assign(
            {{.fd = wake_, .events = POLLIN, .revents = 0}, {.fd = listener_, .events = POLLIN, .revents = 0}});
        std::vector<session*> order;
        auto next = clock::time_point::max();
        {
            const std::lock_guard lock(mutex_);
            if (stop_) return;
            const auto now = clock::now();
            for (session& one : sessions_) {
                const auto events = [&](const stream& in, const rule& how, const stream& out) {
                    int wanted = 0;
                    if (!in.ended && how.what != mode::stall && in.size < most_waiting) wanted |= POLLIN;
                    if (!out.waiting.empty()) {
                        if (out.waiting.front().due <= now)
                            wanted |= POLLOUT;
                        else
                            next = std::min(next, out.waiting.front().due);
                    }
                    return static_cast<short>(wanted);
                };
                const auto watch = [&](int socket, short wanted, bool finished) {
                    // Of a socket that has said all it will, the hang-up would be told for ever.
                    watched.push_back(
                        {.fd = one.held || (finished && wanted == 0) ? -1 : socket, .events = wanted, .revents = 0});
                };
                watch(one.client, events(one.up, up_, one.down), one.up.ended);
                watch(one.server, events(one.down, down_, one.up), one.down.ended);
                order.push_back(&one);
            }
        }
        timespec wait{};
        const bool timed = next != clock::time_point::max();
        if (timed) {
            const auto left = std::max<clock::duration>(next - clock::now(), 0ns);
            wait.tv_sec = static_cast<time_t>(std::chrono::duration_cast<std::chrono::seconds>(left).count());
            wait.tv_nsec = static_cast<long>((left % 1s).count());
        }
        if (::ppoll(watched.data(), watched.size(), timed ? &wait : nullptr, nullptr) < 0 && errno != EINTR) return;
        {
            const std::lock_guard lock(mutex_);
            std::uint64_t ignored = 0;
            (void)!::read(wake_, &ignored, sizeof ignored);
            for (std::size_t i = 0; i < order.size(); ++i) {
                session& one = *order[i];
                // Reset while we waited: its numbers may be another's by now.
                if (one.client != watched[2 + 2 * i].fd && watched[2 + 2 * i].fd >= 0) continue;
                if (one.client < 0 || one.server < 0) continue;
                look_at(one, watched[2 + 2 * i].revents, watched[3 + 2 * i].revents);
            }
            if ((watched[1].revents & POLLIN) != 0) accept_one();
            drop_ended();
        }
        changed_.notify_all();
    }
}

} // namespace faults
