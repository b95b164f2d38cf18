#pragma once

// The server that scripts/with-postgres started for this test alone: it may be stopped, killed and started again.

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace faults {

class private_server {
public:
    /// The one there is. Its first use, while the first server runs, remembers how that was started.
    [[nodiscard]] static private_server& instance();
    private_server(const private_server&) = delete;
    private_server& operator=(const private_server&) = delete;
    /// Ends the server if it was started from here; the first one is its script's to end.
    ~private_server();

    /// Sends the postmaster a signal and waits until it is gone. SIGINT: a fast shutdown; SIGQUIT: an immediate one.
    void stop(int signal);
    /// Starts it again, the way it was, and waits until it takes sessions.
    void start();

    [[nodiscard]] const std::string& data_directory() const noexcept { return data_; }
    [[nodiscard]] uid_t user() const noexcept { return user_; }

private:
    private_server();
    [[nodiscard]] bool ready() const;
    [[nodiscard]] bool gone() noexcept;

    std::vector<std::string> command_{};
    std::string data_{};
    std::string log_{};
    uid_t user_ = 0;
    pid_t pid_ = 0;
    bool ours_ = false;
};

/// 'T' for a stopped process, 'Z' for one that has ended and is still listed, 0 for none.
char state_of_process(pid_t pid);

} // namespace faults
