#pragma once

#include <pgrepo/base/call_options.hpp>
#include <pgrepo/base/config.hpp>
#include <pgrepo/contract/verbs.hpp>
#include <pgrepo/service/postgres_service.hpp>

#include <utility>

namespace pgrepo {

/// A service with call options; made by `with`.
class service_view : public executor_verbs<service_view> {
public:
    template <class T> using returns = T;

    service_view(postgres_service& service, call_options options) noexcept
        : service_(&service),
          options_(std::move(options)) {}
    template <Operation Op> PGREPO_NOINLINE typename Op::result_type run(const Op& op) {
        return service_->run(op, options_);
    }

private:
    postgres_service* service_;
    call_options options_;
};

inline service_view postgres_service::with(call_options options) noexcept {
    return {*this, std::move(options)};
}

} // namespace pgrepo
