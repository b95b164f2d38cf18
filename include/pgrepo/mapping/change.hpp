#pragma once

#include <optional>
#include <type_traits>
#include <utility>

namespace pgrepo {

/// Tag of `change`: write NULL.
struct set_null_t {
    explicit set_null_t() = default;
};
inline constexpr set_null_t set_null{};

/// A nullable column in a patch: keep what is there, write NULL, or write a value. `optional<T>` could not tell the
/// first two apart, and `optional<optional<T>>` would take `{}` for the wrong one without a word.
///
///     struct Patch { pgrepo::change<std::string> nickname{}; };
///     users.update(id, Patch{});                               // kept
///     users.update(id, Patch{.nickname = pgrepo::set_null});   // NULL
///     users.update(id, Patch{.nickname = "Ada"});              // written
template <class T> class change {
public:
    using value_type = T;

    /// Keep.
    constexpr change() noexcept = default;
    constexpr change(set_null_t) noexcept : engaged_(true) {}
    template <class U>
        requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, change> &&
                 std::is_constructible_v<std::optional<T>, U>) // not so what converts to anything: PFR's field counter
    constexpr change(U&& value) : value_(std::forward<U>(value)),
                                  engaged_(true) {}

    /// Whether the column is written at all.
    [[nodiscard]] constexpr bool engaged() const noexcept { return engaged_; }
    /// What is written; empty for NULL. Only of meaning where `engaged()`.
    [[nodiscard]] constexpr const std::optional<T>& value() const noexcept { return value_; }

private:
    std::optional<T> value_{};
    bool engaged_ = false;
};

} // namespace pgrepo
