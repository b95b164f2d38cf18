#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>

#include <chrono>
#include <optional>

namespace pgrepo::detail {

/// What a pool knows of a server that gives it no session: why, since when, and when it is worth trying again. Sans-I/O;
/// whoever holds the pool's lock may use it.
///
/// What may pass (refused, no answer, starting up) is tried again 0.5 to 0.9 s after the last attempt began to be known as
/// failed: at most two attempts a second, at random so that many programs do not come at once. What somebody must mend
/// first (password, database, certificate: it may lock the account), and a server that is full, after 1 s, doubled each time
/// up to 30 s, of which a random half; the former only for a caller, never on the pool's own account.
class pool_outage {
public:
    using time_point = deadline::clock::time_point;

    /// An attempt has failed. That somebody ended the very session that was being opened (57P01) says nothing of the next: such a
    /// failure is no outage, until the second in a row.
    void note(const error& cause, time_point now) noexcept;
    /// An attempt has succeeded.
    void end() noexcept;

    [[nodiscard]] bool lasts() const noexcept { return cause_.has_value(); }
    /// Precondition: it lasts.
    [[nodiscard]] const error& cause() const noexcept { return *cause_; }
    /// Somebody must mend it.
    [[nodiscard]] bool permanent() const noexcept { return permanent_; }
    /// Not before that.
    [[nodiscard]] time_point next_attempt() const noexcept { return next_; }
    /// A caller who comes now is told the cause: another attempt is not due, or is `under_way` and the cause recent.
    [[nodiscard]] bool tells_at(time_point now, bool under_way) const noexcept;

    /// The cause with its age, for a call: kind, SQLSTATE and text of the last failure.
    [[nodiscard]] error_details told(time_point now) const;
    /// Its text alone.
    [[nodiscard]] std::string why(time_point now) const;

private:
    std::optional<error> cause_{};
    time_point at_{};
    time_point next_{};
    unsigned failures_ = 0;
    bool permanent_ = false;
    bool excused_ = false; // one 57P01
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/pool_outage.ipp>
#endif
