#pragma once

#include <pgrepo/pq/session_traces.hpp>

#include <cstddef>
#include <utility>

namespace pgrepo::detail {

/// The words of a text, one after another: letters, digits, '_' and what is beyond ASCII. A word that begins inside a comment or
/// a literal is a word, too.
class word_reader {
public:
    explicit word_reader(std::string_view text) noexcept : text_(text) {}

    /// Empty at the end.
    [[nodiscard]] std::string_view next() noexcept {
        while (at_ < text_.size() && !part_of_word(text_[at_])) skip_one();
        const std::size_t from = at_;
        while (at_ < text_.size() && part_of_word(text_[at_])) ++at_;
        return text_.substr(from, at_ - from);
    }
    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }

private:
    static bool part_of_word(char c) noexcept {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80U;
    }
    /// A character, or a comment that begins here.
    void skip_one() noexcept {
        const std::string_view two = text_.substr(at_, 2);
        std::size_t end = at_ + 1;
        if (two == "--") end = text_.find('\n', at_);
        if (two == "/*") {
            end = text_.find("*/", at_ + 2);
            if (end != std::string_view::npos) end += 2;
        }
        at_ = end < text_.size() ? end : text_.size();
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// `lower` is in lower case.
PGREPO_DECL bool same_word(std::string_view word, std::string_view lower) noexcept {
    if (word.size() != lower.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
    }
    return true;
}

/// The call that `rest` begins with, "(…)", has the word `true` as its last argument, and nothing (comments, dollar quotes) that
/// might only look so.
PGREPO_DECL bool ends_with_true(std::string_view rest) noexcept {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const char c = rest[i];
        if (c == '\'') quoted = !quoted;
        if (quoted) continue;
        const std::string_view two = rest.substr(i, 2);
        if (two == "--" || two == "/*") return false;
        // "$$" and "$tag$", not "$1"
        if (c == '$' && (i + 1 == rest.size() || rest[i + 1] < '0' || rest[i + 1] > '9')) return false;
        if (c == '(') ++depth;
        if (c != ')' || --depth > 0) continue;
        const auto trim = [](std::string_view text) {
            const std::size_t last = text.find_last_not_of(" \n\t");
            return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
        };
        std::string_view inside = trim(rest.substr(0, i));
        if (inside.size() <= 5 || !same_word(inside.substr(inside.size() - 4), "true")) return false;
        inside = trim(inside.substr(0, inside.size() - 4));
        return inside.ends_with(',') || inside.ends_with("=>"); // and not of "NOT true"
    }
    return false;
}

PGREPO_DECL session_traces traces_of(std::string_view text) noexcept {
    const auto begins = [](std::string_view word, std::string_view lower) {
        return word.size() >= lower.size() && same_word(word.substr(0, lower.size()), lower);
    };
    session_traces found = 0;
    word_reader words(text);
    std::string_view before;
    std::string_view before_that;
    bool first = true;
    bool dropped = false; // ON COMMIT DROP
    for (std::string_view word = words.next(); !word.empty(); first = false) {
        if (first) {
            if (same_word(word, "listen")) return listen_trace;
            if (same_word(word, "prepare")) {
                word_reader ahead = words;
                if (!same_word(ahead.next(), "transaction")) return lasting_trace;
            }
            if (same_word(word, "load")) return lasting_trace;
            if (same_word(word, "do")) found |= block_trace;
            if (same_word(word, "set")) {
                word_reader ahead = words;
                const std::string_view what = ahead.next();
                const bool passes =
                    same_word(what, "local") || same_word(what, "transaction") || same_word(what, "constraints");
                return passes ? session_traces{0} : settings_trace;
            }
        }
        // A look at the first letter spares most words the rest.
        switch (word.front()) {
        case 't':
        case 'T':
            if ((same_word(word, "temp") || same_word(word, "temporary")) &&
                (same_word(before, "create") || same_word(before, "into") || same_word(before, "local") ||
                 same_word(before, "global") || same_word(before, "replace")))
                found |= temporary_trace;
            break;
        case 'p':
        case 'P':
            if (same_word(word, "pg_temp")) found |= temporary_trace;
            if (begins(word, "pg_advisory_lock") || begins(word, "pg_try_advisory_lock")) found |= lock_trace;
            break;
        case 's':
        case 'S':
            if (same_word(word, "set_config") && !ends_with_true(words.rest())) found |= settings_trace;
            break;
        case 'h':
        case 'H':
            if (same_word(word, "hold") && same_word(before, "with")) found |= cursor_trace;
            break;
        case 'd':
        case 'D':
            if (same_word(word, "drop") && same_word(before, "commit") && same_word(before_that, "on")) dropped = true;
            break;
        default:
            break;
        }
        before_that = std::exchange(before, word);
        word = words.next();
    }
    if (dropped && (found & block_trace) == 0) found &= static_cast<session_traces>(~temporary_trace);
    return found;
}

} // namespace pgrepo::detail
