#pragma once

#include <pgrepo/base/config.hpp>

namespace pgrepo::detail {

/// How often the line of processes that this one descends from has forked since the first guard was made: a child has another
/// number than its parent had. A process made by vfork or a bare clone is not told apart.
class fork_guard {
public:
    /// Remembers the process.
    PGREPO_DECL fork_guard() noexcept;
    /// This is a child of the process that made it: what that one shared with a server or a thread is not ours.
    [[nodiscard]] PGREPO_DECL bool in_child() const noexcept;

private:
    unsigned made_in_;
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/base/impl/fork_guard.ipp>
#endif
