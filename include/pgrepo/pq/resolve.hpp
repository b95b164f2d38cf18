#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/pq/deadline_watch.hpp>

#include <string>
#include <vector>

namespace pgrepo::detail {

struct resolved {
    std::vector<std::string> addresses{}; ///< in digits, in the order the system prefers, eight at most
    int error = 0;                        ///< of getaddrinfo (EAI_*); 0: none
    bool timed_out = false;
};

/// What addresses a host has. "localhost" and addresses in digits are answered at once; names are looked up by
/// getaddrinfo on a thread of its own, since nothing else can be told to stop: libpq's own look-up ran 4 s over its
/// timeout of 2 s. A look-up that comes too late ends by itself and its answer is dropped. Given up within
/// 50 ms where `post` was ended.
[[nodiscard]] resolved resolve(const std::string& host, deadline limit, const watch_post* post = nullptr);

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/resolve.ipp>
#endif
