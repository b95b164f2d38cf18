#pragma once

#include <pgrepo/base/error.hpp>

#include <concepts>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace pgrepo {

/// A value, or the `error` that stood in its way: for calls where failure is an answer and not an accident.
/// Made by `try_`. Asking for the one that is not there is an error itself: `value()` throws the original
/// exception (its dynamic type is kept), `error()` without one is undefined and asserted by the optional in it.
template <class T> class [[nodiscard]] result {
public:
    using value_type = T;

    template <class... Args>
        requires std::constructible_from<T, Args...>
    constexpr explicit result(std::in_place_t, Args&&... args) : value_(std::in_place, std::forward<Args>(args)...) {}
    result(pgrepo::error failure, std::exception_ptr original)
        : failure_(std::move(failure)),
          original_(std::move(original)) {}

    [[nodiscard]] bool has_value() const noexcept { return !failure_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & {
        check();
        return *value_;
    }
    [[nodiscard]] const T& value() const& {
        check();
        return *value_;
    }
    [[nodiscard]] T&& value() && {
        check();
        return *std::move(value_);
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }
    template <class U> [[nodiscard]] T value_or(U&& fallback) && {
        return has_value() ? *std::move(value_) : static_cast<T>(std::forward<U>(fallback));
    }
    [[nodiscard]] const pgrepo::error& error() const { return failure_.value(); }

private:
    void check() const {
        if (original_) std::rethrow_exception(original_);
    }
    std::optional<T> value_{};
    std::optional<pgrepo::error> failure_{};
    std::exception_ptr original_{};
};

/// Of a call that returns nothing: whether it succeeded, and the error if not.
template <> class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() = default;
    result(pgrepo::error failure, std::exception_ptr original)
        : failure_(std::move(failure)),
          original_(std::move(original)) {}

    [[nodiscard]] bool has_value() const noexcept { return !failure_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const {
        if (original_) std::rethrow_exception(original_);
    }
    [[nodiscard]] const pgrepo::error& error() const { return failure_.value(); }

private:
    std::optional<pgrepo::error> failure_{};
    std::exception_ptr original_{};
};

/// Calls `function` and turns a thrown `pgrepo::error` into a `result`. Every other exception passes through.
///
///     auto made = pgrepo::try_([&] { return users.create(draft); });
///     if (!made && made.error().kind() == pgrepo::error_kind::unique_violation) …
template <std::invocable Function>
auto try_(Function&& function) -> result<std::remove_reference_t<std::invoke_result_t<Function>>> {
    using value = std::remove_reference_t<std::invoke_result_t<Function>>;
    static_assert(
        !std::is_reference_v<std::invoke_result_t<Function>>,
        "pgrepo: [try_reference] the function given to try_ returns a reference; return a value or a pointer");
    try {
        if constexpr (std::is_void_v<value>) {
            std::forward<Function>(function)();
            return result<void>{};
        } else {
            return result<value>(std::in_place, std::forward<Function>(function)());
        }
    } catch (const error& failure) {
        return result<value>(failure, std::current_exception());
    }
}

} // namespace pgrepo
