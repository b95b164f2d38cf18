#pragma once

// Opt-in: needs Boost.Stacktrace. Names come from the dynamic symbol table (link with -rdynamic) unless one of Boost's other
// ways is chosen before this header is included, such as BOOST_STACKTRACE_USE_ADDR2LINE or BOOST_STACKTRACE_USE_BACKTRACE.

#include <pgrepo/base/stack_tracer.hpp>

#include <boost/stacktrace.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pgrepo {

/// Stacks of borrowers by Boost.Stacktrace: `config.tracer = &tracer;`. Taking one costs microseconds a loan, putting it into words
/// milliseconds a report: for development, or while a leak is hunted. Thread-safe.
class boost_stack_tracer final : public stack_tracer {
public:
    [[nodiscard]] std::size_t capture(const void** frames, std::size_t most) const noexcept override {
        std::array<boost::stacktrace::frame::native_frame_ptr_t, 64> taken{};
        const std::size_t wanted = most < taken.size() - 1 ? most : taken.size() - 1;
        // One more than wanted: the last is null.
        const std::size_t count = boost::stacktrace::safe_dump_to(
            1, taken.data(), (wanted + 1) * sizeof(boost::stacktrace::frame::native_frame_ptr_t));
        std::size_t kept = 0;
        while (kept < count && kept < wanted && taken[kept] != nullptr) {
            frames[kept] = taken[kept];
            ++kept;
        }
        return kept;
    }
    [[nodiscard]] std::string describe(const void* const* frames, std::size_t count) const override {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            const boost::stacktrace::frame frame(frames[i]);
            text.append(text.empty() ? "" : "\n").append("  #").append(std::to_string(i)).append(" ");
            text.append(boost::stacktrace::to_string(frame));
        }
        return text;
    }
};

} // namespace pgrepo
