#pragma once

#include <pgrepo/pq/impl/pool_exhausted.ipp>
#include <pgrepo/pq/pool_outage.hpp>
#include <pgrepo/pq/random_share.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL void pool_outage::note(const error& cause, time_point now) noexcept {
    using std::chrono::milliseconds;
    const auto state = cause.sqlstate();
    if (state == "57P01" && !lasts() && !std::exchange(excused_, true)) return;
    cause_ = cause;
    at_ = now;
    ++failures_;
    permanent_ = cause.lasting();
    const bool slow = permanent_ || state == "53300"; // too many clients
    const double random = random_share();
    const double wait =
        slow ? std::min(1000.0 * static_cast<double>(1U << std::min(failures_ - 1, 5U)), 30000.0) * (0.5 + 0.5 * random)
             : 500.0 + 400.0 * random;
    next_ = now + milliseconds(static_cast<milliseconds::rep>(wait));
}

PGREPO_DECL void pool_outage::end() noexcept {
    cause_.reset();
    failures_ = 0;
    permanent_ = excused_ = false;
    next_ = {};
}

PGREPO_DECL bool pool_outage::tells_at(time_point now, bool under_way) const noexcept {
    static constexpr auto recent = std::chrono::seconds(5); // a cause of long ago misleads
    return lasts() && (now < next_ || (under_way && now < at_ + recent));
}

PGREPO_DECL std::string pool_outage::why(time_point now) const {
    std::string text = cause_->message();
    if (now - at_ >= std::chrono::milliseconds(10)) {
        text += " (tried " + in_milliseconds(now - at_) + " ago";
        if (next_ > now) text += ", not again for " + in_milliseconds(next_ - now);
        text += ")";
    }
    return text;
}

PGREPO_DECL error_details pool_outage::told(time_point now) const {
    error_details details = cause_->details();
    details.message = why(now);
    return details;
}

} // namespace pgrepo::detail
