#pragma once

#include <pgrepo/sql/criteria.hpp>

namespace pgrepo::detail {

PGREPO_DECL std::string like_pattern(std::string_view before, std::string_view text, std::string_view after) {
    std::string pattern(before);
    pattern.reserve(before.size() + text.size() + after.size() + 8);
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    pattern += after;
    return pattern;
}

} // namespace pgrepo::detail
