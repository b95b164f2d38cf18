#pragma once

#include <pgrepo/pq/session_traces.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace pgrepo::detail {

PGREPO_DECL bool part_of_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80U;
}

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

PGREPO_DECL bool begins_with(std::string_view word, std::string_view lower) noexcept {
    return word.size() >= lower.size() && same_word(word.substr(0, lower.size()), lower);
}

/// What a statement leaves whose first word decides that; nothing: the rest has to be read. `after`: the words that follow.
template <class Words> std::optional<session_traces> decided_by_verb(std::string_view verb, Words after) noexcept {
    if (same_word(verb, "listen")) return listen_trace;
    if (same_word(verb, "load")) return lasting_trace;
    const bool sets = same_word(verb, "set");
    if (!sets && !same_word(verb, "prepare")) return {};
    const std::string_view what = after.next();
    if (same_word(what, "transaction")) return session_traces{0};
    if (sets && (same_word(what, "local") || same_word(what, "constraints"))) return session_traces{0};
    return sets ? settings_trace : lasting_trace;
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
            const std::size_t last = text.find_last_not_of(" \r\n\t");
            return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
        };
        std::string_view inside = trim(rest.substr(0, i));
        if (inside.size() <= 5 || !same_word(inside.substr(inside.size() - 4), "true")) return false;
        inside = trim(inside.substr(0, inside.size() - 4));
        return inside.ends_with(',') || inside.ends_with("=>"); // and not of "NOT true"
    }
    return false;
}

/// Words as above, but those inside literals, quoted names, dollar quotes and comments, which the server reads otherwise.
class plain_words {
public:
    explicit plain_words(std::string_view text) noexcept : text_(text) {}

    /// Empty at the end.
    [[nodiscard]] std::string_view next() noexcept {
        while (at_ < text_.size()) {
            if (part_of_word(text_[at_])) {
                const std::size_t from = at_;
                while (at_ < text_.size() && part_of_word(text_[at_])) ++at_;
                const std::string_view word = text_.substr(from, at_ - from);
                // E'…', where a backslash escapes a quote
                if (at_ < text_.size() && text_[at_] == '\'' && same_word(word, "e")) skip_quoted(true);
                return word;
            }
            skip_one();
        }
        return {};
    }
    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }

private:
    void skip_one() noexcept {
        const char c = text_[at_];
        if (c == '\'' || c == '"') return skip_quoted(false);
        const std::string_view two = text_.substr(at_, 2);
        if (two == "--") return skip_to(text_.find('\n', at_), 1);
        if (two == "/*") return skip_to(text_.find("*/", at_ + 2), 2);
        if (c == '$') {
            const std::size_t end =
                text_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at_ + 1);
            const bool number = at_ + 1 < text_.size() && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9'; // $1
            if (!number && end != std::string_view::npos && text_[end] == '$') {
                const std::string_view tag = text_.substr(at_, end + 1 - at_);
                return skip_to(text_.find(tag, end + 1), tag.size());
            }
        }
        ++at_;
    }
    void skip_to(std::size_t found, std::size_t size) noexcept {
        at_ = found == std::string_view::npos ? text_.size() : found + size;
    }
    void skip_quoted(bool escapes) noexcept {
        const char quote = text_[at_];
        for (++at_; at_ < text_.size(); ++at_) {
            if (escapes && text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == quote)
                break; // two of them are one inside, and here the beginning of another literal
        }
        at_ = at_ < text_.size() ? at_ + 1 : text_.size();
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

PGREPO_DECL statement_needs outside_literals(std::string_view text) noexcept {
    const auto is_temporary = [](std::string_view word) {
        return same_word(word, "temp") || same_word(word, "temporary");
    };
    statement_needs out;
    plain_words words(text);
    const std::string_view first = words.next();
    if (const auto decided = decided_by_verb(first, words)) return {.needs = *decided};
    const bool creates = same_word(first, "create"), declares = same_word(first, "declare");
    const bool selects = same_word(first, "select") || same_word(first, "with");
    std::string_view before = first, before_that;
    std::size_t number = 1;
    for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
        ++number;
        // CREATE [OR REPLACE] [LOCAL | GLOBAL] TEMP …, SELECT … INTO TEMP …, CREATE … pg_temp.…
        const bool made = creates && number <= 5 && is_temporary(word) &&
                          (before.data() == first.data() || same_word(before, "replace") ||
                           same_word(before, "local") || same_word(before, "global"));
        const bool filled = selects && is_temporary(word) && same_word(before, "into");
        const bool named = creates && number <= 4 && same_word(word, "pg_temp") && words.rest().starts_with('.');
        if (made || filled || named) out.needs |= temporary_trace;
        if (declares && same_word(word, "hold") && same_word(before, "with")) out.needs |= cursor_trace;
        if (creates && same_word(word, "drop") && same_word(before, "commit") && same_word(before_that, "on"))
            out.until_commit = true;
        const std::string_view rest = words.rest();
        const std::size_t next = rest.find_first_not_of(" \r\n\t");
        const bool called = next != std::string_view::npos && rest[next] == '(';
        if (called && (begins_with(word, "pg_advisory_lock") || begins_with(word, "pg_try_advisory_lock")))
            out.needs |= lock_trace;
        if (called && same_word(word, "set_config") && !ends_with_true(words.rest())) out.needs |= settings_trace;
        before_that = std::exchange(before, word);
    }
    if (out.until_commit) out.needs &= static_cast<session_traces>(~temporary_trace);
    return out;
}

PGREPO_DECL session_traces traces_of(std::string_view text) noexcept {
    session_traces found = 0;
    word_reader words(text);
    std::string_view before;
    bool first = true;
    for (std::string_view word = words.next(); !word.empty(); first = false) {
        if (first) {
            if (const auto decided = decided_by_verb(word, words)) return *decided;
            if (same_word(word, "do")) found |= block_trace;
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
            if (begins_with(word, "pg_advisory_lock") || begins_with(word, "pg_try_advisory_lock")) found |= lock_trace;
            break;
        case 's':
        case 'S':
            if (same_word(word, "set_config") && !ends_with_true(words.rest())) found |= settings_trace;
            break;
        case 'h':
        case 'H':
            if (same_word(word, "hold") && same_word(before, "with")) found |= cursor_trace;
            break;
        default:
            break;
        }
        before = std::exchange(word, words.next());
    }
    if (found == temporary_trace && outside_literals(text).until_commit) return 0;
    return found;
}

} // namespace pgrepo::detail
