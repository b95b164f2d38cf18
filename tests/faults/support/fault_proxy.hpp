#pragma once

// A TCP proxy on loopback that stands between pgrepo and a server and does what networks do. It knows bytes, not messages.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace faults {

using namespace std::chrono_literals;

/// Where the proxy's sessions end: a TCP host in digits, or the directory of a unix socket ('/…').
struct upstream {
    std::string host;
    std::uint16_t port = 0;
};

enum class way : unsigned char { to_server, to_client };

/// How the client's connection ends.
enum class ending : unsigned char {
    close, ///< FIN: the stream stops, as if the server had hung up
    reset, ///< RST
};

/// What happens when a text passes on its way to the server.
enum class fate : unsigned char {
    pass,         ///< nothing, but it is counted
    lose_request, ///< the chunk that holds it is dropped, and the client's connection reset
    lose_answer,  ///< it is passed on; when the server answers, the answer is dropped and the client's connection reset
    hide_answer,  ///< it is passed on; from then on what the server says is swallowed, and nothing is closed
    hide_request, ///< it is swallowed, and so is what follows; nothing is closed
};

/// One direction's bytes since the start, all sessions together.
struct traffic {
    std::size_t read = 0;      ///< came in
    std::size_t forwarded = 0; ///< went out
    std::size_t swallowed = 0; ///< came in and were thrown away
    std::size_t pieces = 0;    ///< writes that it took
};

struct proxy_counts {
    traffic to_server{};
    traffic to_client{};
    std::size_t sessions = 0;     ///< accepted
    std::size_t open = 0;         ///< of them, not ended yet on either side
    std::size_t cuts = 0;         ///< streams ended by `cut_after`
    std::size_t resets = 0;       ///< clients' connections reset, for whatever reason
    std::size_t matches = 0;      ///< texts of `on_text` that passed
    std::size_t tls_refusals = 0; ///< requests for TLS answered with N
};

/// Listens on 127.0.0.1. Its functions may be called from any thread and hold from the next byte on; what a direction does
/// is one of pass, swallow, stall, delay and fragment, the last that was said. A thread of its own does the work.
class fault_proxy {
public:
    explicit fault_proxy(upstream server);
    fault_proxy(const fault_proxy&) = delete;
    fault_proxy& operator=(const fault_proxy&) = delete;
    /// Ends all sessions.
    ~fault_proxy();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Everything goes through again, also what was held back; no text is waited for any more. Sessions whose bytes were
    /// swallowed are not mended by it.
    void pass();
    void swallow(way which);
    /// Nothing is read any more, so that the sender's buffers fill. Neither is its end noticed.
    void stall(way which);
    void delay(way which, std::chrono::milliseconds by);
    /// In pieces of 1 to `most` bytes with a pause between them that lets the reader see each.
    void fragment(way which, std::size_t most);
    /// `count` bytes still go through, then the client's connection ends, and the server's as well.
    void cut_after(way which, std::size_t count, ending how);
    /// The next time that `text` is part of one chunk to the server.
    void on_text(std::string text, fate what);
    /// Requests for TLS are answered with N, the server never hears of them.
    void refuse_tls(bool yes);
    /// No connection goes through to the server: a new one is accepted and ended at once.
    void refuse_sessions(bool yes);
    /// All clients' connections are reset now.
    void reset_all();

    [[nodiscard]] proxy_counts counts() const;
    /// Waits for it; false after a minute and a half.
    template <class Function> [[nodiscard]] bool wait_until(Function&& holds) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 90s, [&] { return holds(counts_); });
    }

private:
    using clock = std::chrono::steady_clock;
    enum class mode : unsigned char { pass, swallow, stall };
    struct rule {
        mode what = mode::pass;
        std::chrono::microseconds late{0};
        std::size_t most = 0; // bytes of a piece; 0: all
        std::optional<std::size_t> left{};
        ending how = ending::close;
    };
    struct piece {
        std::string bytes;
        clock::time_point due;
    };
    struct stream {
        std::deque<piece> waiting{};
        std::size_t size = 0;     // of what waits
        bool ended = false;       // its sender will say no more
        bool passed_end = false;  // and its receiver knows
        bool swallowing = false;  // this one only
        clock::time_point last{}; // when the last piece is due
    };
    struct session {
        int client = -1;
        int server = -1;
        stream up{};
        stream down{};
        bool fresh = true; // the client has not said anything yet
        bool loses_answer = false;
        bool held = false; // the client's end was lost while nothing was read: the server's is kept
    };

    void run();
    void accept_one();
    void look_at(session& one, short client_events, short server_events);
    void read_from(session& one, way which);
    void take(session& one, way which, std::string bytes);
    [[nodiscard]] bool meets_text(session& one, const std::string& bytes);
    void send_to(session& one, way which);
    void end(session& one, ending how);
    void drop_ended();
    [[nodiscard]] rule& rule_of(way which) noexcept { return which == way::to_server ? up_ : down_; }
    [[nodiscard]] traffic& traffic_of(way which) noexcept {
        return which == way::to_server ? counts_.to_server : counts_.to_client;
    }
    template <class Function> void change(Function&& apply);
    void wake() noexcept;

    upstream server_;
    int listener_ = -1;
    int wake_ = -1;
    std::uint16_t port_ = 0;

    mutable std::mutex mutex_{};
    std::condition_variable changed_{};
    proxy_counts counts_{};
    rule up_{};
    rule down_{};
    std::string text_{};
    fate fate_ = fate::lose_request;
    bool refuses_tls_ = false;
    bool refuses_sessions_ = false;
    bool stop_ = false;
    std::uint32_t dice_ = 1; // pieces' sizes: the same each run
    std::list<session> sessions_{};
    std::thread thread_{};
};

} // namespace faults
