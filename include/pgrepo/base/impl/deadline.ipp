#pragma once

#include <pgrepo/base/deadline.hpp>

#include <limits>

namespace pgrepo {

PGREPO_DECL int deadline::poll_timeout() const noexcept {
    if (is_never()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - clock::now()).count();
    constexpr long long most = std::numeric_limits<int>::max();
    return static_cast<int>(left < 0 ? 0 : left > most ? most : left);
}

} // namespace pgrepo
