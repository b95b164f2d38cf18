#pragma once

// A server in the place of the real one: it offers TLS or does not, asks for the password in a way of its own, and
// remembers every byte that it is told. Its TLS is the openssl command's, so that no test is built with OpenSSL.

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>

namespace test {

/// A directory with an authority, and certificates by it and by nobody. Removed at the end.
class certificates {
public:
    certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "pgrepo-tls-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        directory_ = name;
        self_signed("ca", "pgrepo test authority");
        self_signed("stranger", "localhost");
        signed_by_ca("server", "DNS:localhost,IP:0.0.0.0");
        signed_by_ca("other", "DNS:db.example.org");
        signed_by_ca("expired", "IP:0.0.0.0", "-1");
    }
    certificates(const certificates&) = delete;
    certificates& operator=(const certificates&) = delete;
    ~certificates() { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string file(const std::string& name) const { return directory_ + "/" + name; }
    /// NAME.crt and NAME.key, made by itself.
    void self_signed(const std::string& name, const std::string& subject, const std::string& more = "") {
        run("openssl req -x509 " + key() + " -keyout " + file(name + ".key") + " -out " + file(name + ".crt") +
            " -subj '/CN=" + subject + "' -days 2 " + more);
    }
    void signed_by_ca(const std::string& name, const std::string& alternative, const std::string& days = "2") {
        run("openssl req -new " + key() + " -keyout " + file(name + ".key") + " -out " + file(name + ".csr") +
            " -subj /CN=pgrepo && printf 'subjectAltName=" + alternative + "' >" + file(name + ".ext") +
            " && openssl x509 -req -in " + file(name + ".csr") + " -CA " + file("ca.crt") + " -CAkey " +
            file("ca.key") + " -set_serial 7 -days " + days + " -extfile " + file(name + ".ext") + " -out " +
            file(name + ".crt"));
    }
    void run(const std::string& command) {
        BOOST_REQUIRE_MESSAGE(std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0, command);
    }

private:
    static std::string key() { return "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"; }
    std::string directory_;
};

inline boost::test_tools::assertion_result there_is_openssl(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(std::system("openssl version >/dev/null 2>&1") == 0);
    if (!answer) answer.message() << "the openssl command is missing";
    return answer;
}

class descriptor {
public:
    explicit descriptor(int number = -1) : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() { close(); }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }
    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

/// One conversation, on loopback, that it ends after the first answer: with TLS if a certificate is given, else "N" to whoever asks for it.
class middleman {
public:
    /// `question`: what is answered to the start-up packet.
    explicit middleman(std::string question, std::string certificate = {}, std::string key = {})
        : question_(std::move(question)),
          certificate_(std::move(certificate)),
          key_(std::move(key)),
          listener_(listen(port_)) {
        thread_ = std::thread([this] { serve(); });
    }
    middleman(const middleman&) = delete;
    middleman& operator=(const middleman&) = delete;
    ~middleman() { (void)heard(); }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Ends it. All that was said in clear, or inside TLS.
    const std::string& heard() {
        if (thread_.joinable()) {
            ::shutdown(listener_.get(), SHUT_RDWR);
            thread_.join();
        }
        return heard_;
    }
    /// An authentication request: 3 cleartext, 5 MD5, 0 none wanted, 10 SASL with the mechanisms in `more`.
    static std::string request(std::uint32_t kind, const std::string& more = {}) {
        return "R" + number(static_cast<std::uint32_t>(8 + more.size())) + number(kind) + more;
    }

private:
    static std::string number(std::uint32_t value) {
        const std::uint32_t network = htonl(value);
        return {reinterpret_cast<const char*>(&network), 4};
    }
    static descriptor listen(std::uint16_t& port) {
        descriptor out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(::bind(out.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        BOOST_REQUIRE(::listen(out.get(), 8) == 0);
        BOOST_REQUIRE(::getsockname(out.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port = ntohs(address.sin_port);
        return out;
    }
    static descriptor connect(std::uint16_t port) {
        for (int i = 0; i < 500; ++i) { // until openssl listens
            descriptor out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address.sin_port = htons(port);
            if (::connect(out.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return out;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return descriptor();
    }
    static bool write_all(int to, std::string_view text) {
        while (!text.empty()) {
            const auto size = ::write(to, text.data(), text.size());
            if (size <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }

    void serve() {
        ::signal(SIGPIPE, SIG_IGN);
        descriptor peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (peer.get() < 0) return;
        std::array<char, 4096> block{};
        auto size = ::read(peer.get(), block.data(), block.size());
        const bool asks_for_tls = size == 8;
        if (!asks_for_tls && size > 0) heard_.append(block.data(), static_cast<std::size_t>(size));
        if (asks_for_tls && !certificate_.empty()) {
            write_all(peer.get(), "S");
            return serve_inside_tls(std::move(peer));
        }
        if (asks_for_tls) {
            write_all(peer.get(), "N");
            size = ::read(peer.get(), block.data(), block.size());
            if (size > 0) heard_.append(block.data(), static_cast<std::size_t>(size));
        }
        if (size <= 0) return;
        write_all(peer.get(), question_);
        size = ::read(peer.get(), block.data(), block.size());
        if (size > 0) heard_.append(block.data(), static_cast<std::size_t>(size));
    }

    /// Bytes of the peer go to openssl as they are; what is inside comes and goes by its standard streams.
    void serve_inside_tls(descriptor peer) {
        std::uint16_t port = 0;
        { const descriptor free = listen(port); }
        int in[2], out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return;
        descriptor in_read(in[0]), in_write(in[1]), out_read(out[0]), out_write(out[1]);
        const std::string at = std::to_string(port);
        const pid_t child = ::fork();
        if (child == 0) {
            ::dup2(in[0], 0);
            ::dup2(out[1], 1);
            const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
            ::dup2(nowhere, 2);
            ::execlp("openssl", "openssl", "s_server", "-quiet", "-accept", at.c_str(), "-cert", certificate_.c_str(),
                     "-key", key_.c_str(), static_cast<char*>(nullptr));
            ::_exit(127);
        }
        in_read.close();
        out_write.close();
        descriptor inner = connect(port);
        bool asked = false;
        std::array<char, 4096> block{};
        const auto pass = [&](int from, int to) {
            const auto size = ::read(from, block.data(), block.size());
            return size > 0 && write_all(to, {block.data(), static_cast<std::size_t>(size)});
        };
        for (bool talking = inner.get() >= 0; talking;) {
            pollfd both[3] = {{peer.get(), POLLIN, 0}, {inner.get(), POLLIN, 0}, {out_read.get(), POLLIN, 0}};
            if (::poll(both, 3, 20000) <= 0) break;
            if (both[2].revents != 0) {
                const auto size = ::read(out_read.get(), block.data(), block.size());
                if (size <= 0) break;
                heard_.append(block.data(), static_cast<std::size_t>(size));
                if (std::exchange(asked, true)) break; // the answer
                write_all(in_write.get(), question_);
            }
            if (both[0].revents != 0) talking = pass(peer.get(), inner.get());
            if (talking && both[1].revents != 0) talking = pass(inner.get(), peer.get());
        }
        inner.close();
        // What openssl has still to pass on: a fifth of a second is long after its connection is gone.
        for (pollfd rest{out_read.get(), POLLIN, 0}; ::poll(&rest, 1, 200) > 0;) {
            const auto size = ::read(out_read.get(), block.data(), block.size());
            if (size <= 0) break;
            heard_.append(block.data(), static_cast<std::size_t>(size));
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }

    std::string question_, certificate_, key_;
    std::string heard_{}; // of the thread, until it is joined
    std::uint16_t port_ = 0;
    descriptor listener_;
    std::thread thread_{};
};

} // namespace test
