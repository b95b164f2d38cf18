#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/pq/connection.hpp>

#include <utility>

namespace pgrepo {

namespace detail {
class pool_core;
struct pool_seat;
[[noreturn]] PGREPO_COLD void refuse_empty_loan();
} // namespace detail

/// A connection borrowed from a pool; goes back when it is destroyed. It goes back to work only if it is usable and
/// the server says idle, otherwise it is closed, and a warning "returned_busy" names the line that borrowed it. May
/// outlive its pool: the connection is then closed. Move-only; a moved-from one holds nothing.
class [[nodiscard]] loan {
public:
    loan() noexcept = default;
    loan(detail::pool_core& core, detail::pool_seat& seat, connection& borrowed) noexcept
        : core_(&core),
          borrowed_(&borrowed),
          seat_(&seat) {}
    loan(loan&& other) noexcept
        : core_(other.core_),
          borrowed_(std::exchange(other.borrowed_, nullptr)),
          seat_(other.seat_) {}
    loan& operator=(loan&& other) noexcept {
        if (this != &other) {
            give_back();
            core_ = other.core_;
            borrowed_ = std::exchange(other.borrowed_, nullptr);
            seat_ = other.seat_;
        }
        return *this;
    }
    ~loan() { give_back(); }

    /// Throws `error` kind usage where it holds none: given back, or moved from.
    [[nodiscard]] connection& operator*() const {
        if (borrowed_ == nullptr) [[unlikely]]
            detail::refuse_empty_loan();
        return *borrowed_;
    }
    [[nodiscard]] connection* operator->() const { return &**this; }
    [[nodiscard]] explicit operator bool() const noexcept { return borrowed_ != nullptr; }

    /// When it was lent, by the kernel's last tick. Precondition: it holds a connection.
    [[nodiscard]] deadline::clock::time_point since() const noexcept;

    /// Ends the loan now. May be repeated.
    void give_back() noexcept;

private:
    detail::pool_core* core_ = nullptr; // lives until its last loan ends
    connection* borrowed_ = nullptr;
    detail::pool_seat* seat_ = nullptr;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/loan.ipp>
#endif
