#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrepo::detail {

/// What is wrong with one setting. The sentence is the field, or the variable it was read from, and the text behind it:
/// "port" "is 0; it must be 1 to 65535". Never holds a secret.
struct setting_problem {
    std::string_view field{}; ///< a constant
    std::string text{};
};
using setting_problems = std::vector<setting_problem>;

/// Of any limit: what the server's own settings take, 24 days.
inline constexpr int most_milliseconds = 2147483647;

} // namespace pgrepo::detail
