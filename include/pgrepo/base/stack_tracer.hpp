#pragma once

#include <cstddef>
#include <string>

namespace pgrepo {

/// Takes stacks for `pool_options::tracer`. `<pgrepo/ops/boost_stack_tracer.hpp>` has one over Boost.Stacktrace.
/// Called by many threads at once, never while a lock of ours is held.
class stack_tracer {
public:
    virtual ~stack_tracer() = default;
    /// Writes the return addresses of the calling thread into `frames`, innermost first; how many. Called for each loan:
    /// names are for `describe`.
    [[nodiscard]] virtual std::size_t capture(const void** frames, std::size_t most) const noexcept = 0;
    /// What they are, a line each.
    [[nodiscard]] virtual std::string describe(const void* const* frames, std::size_t count) const = 0;

protected:
    stack_tracer() = default;
    stack_tracer(const stack_tracer&) = default;
    stack_tracer& operator=(const stack_tracer&) = default;
};

} // namespace pgrepo
