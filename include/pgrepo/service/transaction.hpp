#pragma once

#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/service/service_core.hpp>

namespace pgrepo {

/// An open transaction: an Executor whose calls all run in it, on one session. Made by `with_transaction`, which also
/// ends it. BEGIN travels with the first statement; one that runs none costs no round trip.
/// Used by one thread at a time, and not after the function it was given to has returned.
class transaction : public executor_verbs<transaction> {
public:
    template <class T> using returns = T;

    /// For services.
    explicit transaction(detail::transaction_core& core) noexcept : core_(&core) {}
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;

    /// Throws as a service's `run` does. After a statement failed the server refuses all others: such an `error` has kind
    /// transaction_aborted and says which statement failed first.
    template <Operation Op> PGREPO_NOINLINE typename Op::result_type run(const Op& op) {
        return op.finish(core_->answer(op.request()));
    }

private:
    detail::transaction_core* core_;
};

} // namespace pgrepo
