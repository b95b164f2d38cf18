#pragma once

#include <cstddef>
#include <string_view>

namespace pgrepo {

/// The five characters by which PostgreSQL names an outcome (manual, appendix A). Empty when the server did not speak.
class sqlstate {
public:
    constexpr sqlstate() noexcept = default;
    /// Anything but five characters of [0-9A-Z] makes an empty state: it comes from the network.
    constexpr explicit sqlstate(std::string_view code) noexcept {
        if (code.size() != 5) return;
        for (char c : code)
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return;
        for (std::size_t i = 0; i < 5; ++i) code_[i] = code[i];
    }

    [[nodiscard]] constexpr bool empty() const noexcept { return code_[0] == '\0'; }
    /// A view into this object.
    [[nodiscard]] constexpr std::string_view code() const noexcept {
        return empty() ? std::string_view{} : std::string_view{code_, 5};
    }
    /// The first two characters: "23" is integrity constraint violation, whatever the rest says.
    [[nodiscard]] constexpr std::string_view class_code() const noexcept { return code().substr(0, empty() ? 0 : 2); }

    friend constexpr bool operator==(const sqlstate&, const sqlstate&) noexcept = default;
    friend constexpr bool operator==(const sqlstate& a, std::string_view b) noexcept { return a.code() == b; }

private:
    char code_[5]{};
};

} // namespace pgrepo
