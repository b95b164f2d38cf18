#pragma once

#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/resolve.hpp>

#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace pgrepo::detail {

PGREPO_DECL resolved look_up(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    addrinfo* first = nullptr;
    resolved out;
    out.error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(first, [](addrinfo* info) {
        if (info != nullptr) ::freeaddrinfo(info);
    });
    for (const addrinfo* info = first; out.error == 0 && info != nullptr && out.addresses.size() < 8;
         info = info->ai_next) {
        char text[NI_MAXHOST];
        if (::getnameinfo(info->ai_addr, info->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            out.addresses.emplace_back(text);
    }
    if (out.error == 0 && out.addresses.empty()) out.error = EAI_NONAME;
    return out;
}

PGREPO_DECL resolved resolve(const std::string& host, deadline limit, const watch_post* post) {
    if (is_unix_socket(host)) return {};
    if (host == "localhost") return {.addresses = {"127.0.0.1", "::1"}};
    if (is_numeric(host)) return {.addresses = {host}};

    struct shared_answer {
        std::mutex mutex{};
        std::condition_variable arrived{};
        resolved answer{};
        bool ready = false;
    };
    const auto shared = std::make_shared<shared_answer>();
    const auto work = [shared, host] {
        resolved found;
        try {
            found = look_up(host);
        } catch (const std::bad_alloc&) {
            found = {.addresses = {}, .error = EAI_MEMORY};
        }
        const std::lock_guard lock(shared->mutex);
        shared->answer = std::move(found);
        shared->ready = true;
        shared->arrived.notify_one();
    };
    try {
        std::thread(work).detach();
    } catch (const std::system_error&) { // no thread to be had
        return {.addresses = {}, .error = EAI_AGAIN};
    }

    // The condition variable's clock may not reach as far as "never" does.
    const auto until = std::min(limit.at(), deadline::clock::now() + std::chrono::hours(24));
    static constexpr auto between_looks = std::chrono::milliseconds(50); // at the post
    std::unique_lock lock(shared->mutex);
    while (!shared->ready) {
        const auto now = deadline::clock::now();
        if (now >= until || (post != nullptr && post->ended())) return {.addresses = {}, .error = 0, .timed_out = true};
        shared->arrived.wait_until(lock, post != nullptr ? std::min(until, now + between_looks) : until,
                                   [&] { return shared->ready; });
    }
    return std::move(shared->answer);
}

} // namespace pgrepo::detail
