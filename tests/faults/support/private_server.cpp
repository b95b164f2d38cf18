#include "private_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>

namespace faults {

namespace {

using namespace std::chrono_literals;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error(std::string(name) + " is not set; run it inside scripts/with-postgres");
    return value;
}

std::string content(const std::string& path) {
    // A stream's operator, since iterators pass on what the buffer throws: reading of a process that has just ended is an error.
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

template <class Function> void until(const char* what, Function&& holds) {
    const auto limit = std::chrono::steady_clock::now() + 60s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error(std::string("never came: ") + what);
        std::this_thread::sleep_for(5ms); // another process's end has nothing to wait on
    }
}

} // namespace

char state_of_process(pid_t pid) {
    const std::string stat = content("/proc/" + std::to_string(pid) + "/stat");
    const auto name_end = stat.rfind(") ");
    return name_end == std::string::npos || name_end + 2 >= stat.size() ? '\0' : stat[name_end + 2];
}

private_server& private_server::instance() {
    static private_server only;
    return only;
}

private_server::private_server()
    : log_(variable("PGREPO_POSTGRES_LOG")),
      pid_(static_cast<pid_t>(std::stoi(variable("PGREPO_POSTGRES_PID")))) {
    const std::string process = "/proc/" + std::to_string(pid_);
    const std::string line = content(process + "/cmdline");
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find('\0', at), line.size());
        command_.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    for (std::size_t i = 0; i + 1 < command_.size(); ++i)
        if (command_[i] == "-D") data_ = command_[i + 1];
    struct stat about{};
    if (data_.empty() || ::stat(process.c_str(), &about) != 0) throw std::runtime_error("that is no server of ours");
    user_ = about.st_uid;
}

private_server::~private_server() {
    if (!ours_) return;
    try {
        stop(SIGQUIT);
    } catch (...) { // the script that started the first one sweeps up behind us
    }
}

bool private_server::gone() noexcept {
    if (ours_) {
        int status = 0;
        return ::waitpid(pid_, &status, WNOHANG) != 0;
    }
    const char state = state_of_process(pid_);
    return state == '\0' || state == 'Z';
}

void private_server::stop(int signal) {
    if (::kill(pid_, signal) != 0) throw std::runtime_error("the server cannot be signalled");
    until("the server's end", [this] { return gone(); });
    ours_ = false;
}

bool private_server::ready() const {
    const std::string lines = content(data_ + "/postmaster.pid");
    return lines.starts_with(std::to_string(pid_) + '\n') && lines.find("\nready") != std::string::npos;
}

void private_server::start() {
    // As scripts/with-postgres does: a session and a user of its own, nothing of our environment.
    std::vector<std::string> words{"setsid"};
    const std::string id = std::to_string(user_);
    if (::geteuid() == 0)
        for (const std::string& word :
             {std::string("setpriv"), "--reuid=" + id, "--regid=" + id, std::string("--clear-groups"),
              std::string("--pdeathsig=QUIT"), std::string("--")})
            words.push_back(word);
    for (const char* word : {"env", "-i", "PATH=/usr/bin:/bin", "HOME=/nonexistent", "LC_ALL=C.UTF-8"})
        words.emplace_back(word);
    words.insert(words.end(), command_.begin(), command_.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, log_.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    const int failed = ::posix_spawnp(&pid_, "setsid", &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) throw std::runtime_error(std::string("the server cannot be started: ") + std::strerror(failed));
    ours_ = true;
    until("the server", [this] {
        if (gone()) throw std::runtime_error("the server did not start again; its log says why");
        return ready();
    });
}

} // namespace faults
