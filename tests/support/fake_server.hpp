#pragma once

// A server that speaks just enough of PostgreSQL's protocol to open a session, and then says what a test wants it to say.

#include <unistd.h>

#include <arpa/inet.h>
#include <atomic>
#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace wire {

inline std::string number(std::uint32_t value) {
    const std::uint32_t network = htonl(value);
    return {reinterpret_cast<const char*>(&network), 4};
}

inline std::string small_number(std::uint16_t value) {
    const std::uint16_t network = htons(value);
    return {reinterpret_cast<const char*>(&network), 2};
}

inline std::string message(char type, const std::string& body) {
    return type + number(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

inline std::string setting(const std::string& name, const std::string& value) {
    return message('S', name + '\0' + value + '\0');
}

inline std::string complaint(char type, const std::string& severity, const std::string& state,
                             const std::string& text) {
    return message(type, "S" + severity + '\0' + "V" + severity + '\0' + "C" + state + '\0' + "M" + text + '\0' + '\0');
}

inline const std::string ready = message('Z', "I");

inline std::string tag(const std::string& text) {
    return message('C', text + '\0');
}

/// One column, in binary format (or what `format` says).
inline std::string column(const std::string& name, std::uint32_t type, std::uint16_t format = 1) {
    return name + '\0' + number(0) + small_number(0) + number(type) + small_number(0xffff) + number(0xffffffffU) +
           small_number(format);
}

inline std::string settings(const std::string& encoding = "UTF8", const std::string& version = "15.1") {
    return setting("client_encoding", encoding) + setting("server_version", version) +
           setting("standard_conforming_strings", "on") + setting("integer_datetimes", "on");
}

inline std::string greeting(const std::string& encoding = "UTF8", const std::string& version = "15.1",
                            const std::string& aside = "") {
    return message('R', number(0)) + aside + settings(encoding, version) + message('K', number(4711) + number(42)) +
           ready;
}

inline std::size_t read_some(int peer) {
    char bytes[65536];
    const auto size = ::recv(peer, bytes, sizeof bytes, 0);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
}
/// False: the client has hung up.
inline bool write_all(int peer, std::string_view text) {
    while (!text.empty()) {
        const auto size = ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
        if (size <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}
/// Until the client hangs up.
inline void linger(int peer) {
    while (read_some(peer) > 0) {}
}

/// One session after the other: reads the start-up packet, greets, and hands the socket over. The destructor waits for the
/// session under way, whose client must have hung up.
class fake {
public:
    fake(std::string hello, std::function<void(int)> then) {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("a fake server finds no port");
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, hello = std::move(hello), then = std::move(then)] {
            for (;;) {
                const int peer = ::accept(listener_, nullptr, nullptr);
                if (peer < 0) return;
                ++sessions_;
                read_some(peer);
                write_all(peer, hello);
                then(peer);
                ::close(peer);
            }
        });
    }
    ~fake() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    fake(const fake&) = delete;
    fake& operator=(const fake&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int sessions() const noexcept { return sessions_; }

private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> sessions_{0};
    std::thread thread_{};
};

} // namespace wire
