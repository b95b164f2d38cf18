#pragma once

#include <pgrepo/sql/scan_result.hpp>
#include <pgrepo/sql/token.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// Cuts SQL into tokens as PostgreSQL does with standard_conforming_strings on. Never allocates; stops for good at the
/// first problem. Source: PostgreSQL, src/backend/parser/scan.l.
class lexer {
public:
    constexpr explicit lexer(std::string_view text, std::size_t at = 0) noexcept : text_(text), at_(at) {}

    [[nodiscard]] constexpr std::size_t at() const noexcept { return at_; }
    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
    /// Of a `failed` token, whose begin is where it is.
    [[nodiscard]] constexpr sql_problem problem() const noexcept { return problem_; }

    [[nodiscard]] constexpr token next() noexcept {
        const std::size_t opened = skip_blank();
        if (problem_ != sql_problem::none) return {token_kind::failed, opened, text_.size()};
        if (at_ == text_.size()) return {token_kind::end, at_, at_};
        const std::size_t begin = at_;
        const char c = text_.data()[at_];
        switch (class_of(c)) {
        case char_class::letter:
            return word(begin);
        case char_class::digit:
            return number(begin);
        case char_class::dollar:
            return dollar(begin);
        case char_class::op:
            return op(begin);
        default:
            break;
        }
        switch (c) {
        case '\'':
            ++at_;
            return string(begin, false);
        case '"':
            ++at_;
            return identifier(begin, token_kind::quoted);
        case '(':
        case '[':
            return single(token_kind::open);
        case ')':
        case ']':
            return single(token_kind::close);
        case ',':
            return single(token_kind::comma);
        case ';':
            return single(token_kind::semicolon);
        case '.':
            if (class_of(peek(1)) == char_class::digit) return number(begin);
            return single(token_kind::dot);
        case ':':
            if (peek(1) != ':') return single(token_kind::symbol);
            at_ += 2;
            return {token_kind::cast, begin, at_};
        default:
            return fail(sql_problem::unexpected_character, begin);
        }
    }

    /// After an `open` token: reads past its partner. Only for text whose brackets are balanced.
    constexpr token skip_group() noexcept {
        for (int depth = 1;;) {
            const token t = next();
            if (t.kind == token_kind::open) ++depth;
            if (t.kind == token_kind::close && --depth == 0) return t;
            if (t.kind == token_kind::end || t.kind == token_kind::failed) return t;
        }
    }

private:
    [[nodiscard]] constexpr char peek(std::size_t ahead) const noexcept {
        return at_ + ahead < text_.size() ? text_.data()[at_ + ahead] : '\0';
    }
    constexpr token single(token_kind kind) noexcept {
        const std::size_t begin = at_++;
        return {kind, begin, at_};
    }
    constexpr token fail(sql_problem why, std::size_t where) noexcept {
        problem_ = why;
        at_ = text_.size();
        return {token_kind::failed, where, at_};
    }

    /// White space and comments. Returns where the last comment began: that is where an unclosed one is.
    constexpr std::size_t skip_blank() noexcept {
        const char* const text = text_.data();
        const std::size_t size = text_.size();
        while (at_ < size) {
            const char c = text[at_];
            if (class_of(c) == char_class::space) {
                ++at_;
            } else if (c == '-' && peek(1) == '-') {
                skip_line();
            } else if (c == '/' && peek(1) == '*') {
                const std::size_t opened = at_;
                if (!skip_comment()) {
                    problem_ = sql_problem::unterminated_comment;
                    return opened;
                }
            } else {
                break;
            }
        }
        return at_;
    }
    constexpr void skip_line() noexcept {
        while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    }
    constexpr bool skip_comment() noexcept {
        int depth = 0;
        while (at_ < text_.size()) {
            if (text_[at_] == '/' && peek(1) == '*') {
                ++depth;
                at_ += 2;
            } else if (text_[at_] == '*' && peek(1) == '/') {
                at_ += 2;
                if (--depth == 0) return true;
            } else {
                ++at_;
            }
        }
        return false;
    }

    constexpr token word(std::size_t begin) noexcept {
        const char* const text = text_.data();
        const std::size_t text_size = text_.size();
        folded_word key = 0;
        bool plain = true;
        std::size_t at = begin;
        for (; at < text_size; ++at) {
            const unsigned char c = static_cast<unsigned char>(text[at]);
            const unsigned digit = chars.digit38[c];
            if (digit == 0) {
                if (!continues_word(text[at])) break;
                plain = false;
            }
            key = key * 38 + digit;
        }
        at_ = at;
        const std::size_t size = at_ - begin;
        if (size == 1 && at_ < text_.size()) {
            const char next = text_[at_];
            if (next == '\'' && (key == kw("e") || key == kw("b") || key == kw("x") || key == kw("n"))) {
                ++at_;
                return string(begin, key == kw("e"));
            }
            if (next == '&' && key == kw("u") && (peek(1) == '\'' || peek(1) == '"')) {
                const bool names = peek(1) == '"';
                at_ += 2;
                return names ? identifier(begin, token_kind::unicode) : string(begin, false);
            }
        }
        return {token_kind::word, begin, at_, plain && size <= 12 ? key : 0};
    }

    /// After the opening quote. A constant goes on after white space that holds a line break, in the mode it began in.
    constexpr token string(std::size_t begin, bool backslashes) noexcept {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (backslashes && c == '\\') {
                if (at_ < text_.size()) ++at_;
            } else if (c == '\'') {
                if (peek(0) == '\'') {
                    ++at_;
                } else if (!continues_on_next_line()) {
                    return {token_kind::string, begin, at_};
                }
            }
        }
        return fail(sql_problem::unterminated_quote, begin);
    }
    constexpr bool continues_on_next_line() noexcept {
        const std::size_t ended = at_;
        bool line_break = false;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '-' && peek(1) == '-') {
                skip_line();
                continue;
            }
            if (c == '\'' && line_break) {
                ++at_;
                return true;
            }
            if (class_of(c) != char_class::space) break;
            line_break = line_break || c == '\n' || c == '\r';
            ++at_;
        }
        at_ = ended;
        return false;
    }

    /// After the opening quote.
    constexpr token identifier(std::size_t begin, token_kind kind) noexcept {
        const std::size_t inside = at_;
        while (at_ < text_.size()) {
            if (text_[at_++] != '"') continue;
            if (peek(0) == '"') {
                ++at_;
            } else {
                if (at_ == inside + 1) return fail(sql_problem::empty_identifier, begin);
                return {kind, begin, at_};
            }
        }
        return fail(sql_problem::unterminated_identifier, begin);
    }

    constexpr token dollar(std::size_t begin) noexcept {
        ++at_;
        if (class_of(peek(0)) == char_class::digit) {
            while (class_of(peek(0)) == char_class::digit) ++at_;
            if (class_of(peek(0)) == char_class::letter) return fail(sql_problem::junk_after_number, at_);
            return {token_kind::placeholder, begin, at_};
        }
        while (class_of(peek(0)) == char_class::letter || class_of(peek(0)) == char_class::digit) ++at_;
        if (peek(0) != '$') return fail(sql_problem::unexpected_character, begin);
        ++at_;
        const std::string_view tag = text_.substr(begin, at_ - begin);
        const std::size_t closing = text_.find(tag, at_);
        if (closing == std::string_view::npos) return fail(sql_problem::unterminated_dollar_quote, begin);
        at_ = closing + tag.size();
        return {token_kind::string, begin, at_};
    }

    constexpr void digits() noexcept {
        while (class_of(peek(0)) == char_class::digit || (peek(0) == '_' && class_of(peek(1)) == char_class::digit))
            ++at_;
    }
    constexpr token number(std::size_t begin) noexcept {
        const char radix = peek(1);
        if (peek(0) == '0' && (digit38(radix) == kw("x") || digit38(radix) == kw("o") || digit38(radix) == kw("b"))) {
            at_ += 2; // 0x1F since PostgreSQL 16, which looks at the digits itself
            while (digit38(peek(0)) != 0) ++at_;
            return {token_kind::number, begin, at_};
        }
        digits();
        if (peek(0) == '.' && peek(1) != '.') {
            ++at_;
            digits();
        }
        if (digit38(peek(0)) == kw("e")) {
            const bool sign = peek(1) == '+' || peek(1) == '-';
            if (class_of(peek(sign ? 2 : 1)) == char_class::digit) {
                at_ += sign ? 2 : 1;
                digits();
            }
        }
        if (class_of(peek(0)) == char_class::letter) return fail(sql_problem::junk_after_number, at_);
        return {token_kind::number, begin, at_};
    }

    constexpr token op(std::size_t begin) noexcept {
        do ++at_;
        while (at_ < text_.size() && class_of(text_[at_]) == char_class::op && !(text_[at_] == '-' && peek(1) == '-') &&
               !(text_[at_] == '/' && peek(1) == '*'));
        return {at_ - begin == 1 && text_[begin] == '*' ? token_kind::star : token_kind::symbol, begin, at_};
    }

    std::string_view text_;
    std::size_t at_;
    sql_problem problem_ = sql_problem::none;
};

} // namespace pgrepo::detail
