#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/statement_ref.hpp>

#include <atomic>

namespace pgrepo::detail {

/// One call's turn at something that takes one thread at a time; of two that overlap the second is refused, and touches
/// nothing. Looked at and taken in two steps, which costs a fifth of one atomic step: calls that overlap do so for
/// microseconds, and the gap is a nanosecond.
class turn {
public:
    turn(std::atomic<bool>& taken, const statement_ref& statement) : taken_(taken) {
        if (taken.load(std::memory_order_relaxed)) [[unlikely]]
            raise(error_kind::usage,
                  "two threads use one session, or one transaction, at once, and their answers would be mixed up; give "
                  "each thread a transaction of its own; nothing was sent",
                  statement.id, statement.where);
        taken.store(true, std::memory_order_relaxed);
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() { taken_.store(false, std::memory_order_relaxed); }

private:
    std::atomic<bool>& taken_;
};

} // namespace pgrepo::detail
