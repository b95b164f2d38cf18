#pragma once

#include <pgrepo/sql/column_name.hpp>
#include <pgrepo/sql/lexer.hpp>
#include <pgrepo/sql/result_list.hpp>
#include <pgrepo/sql/scan_result.hpp>
#include <pgrepo/sql/token.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgrepo {
namespace detail {

/// One pass over all tokens: quotes and brackets close, one statement, placeholders 1..n.
/// Leaves the place behind RETURNING at the top, or 0.
constexpr std::size_t check_form(std::string_view text, scan_result& out) noexcept {
    constexpr unsigned max_depth = 64;
    std::array<std::size_t, max_depth> opened{};
    std::array<bool, scan_result::max_placeholders + 1> seen{};
    unsigned depth = 0;
    bool ended = false;
    std::size_t returning = 0;
    std::size_t highest_at = 0;
    const auto fail = [&out](sql_problem why, std::size_t where) {
        out.problem = why;
        out.offset = where;
        return std::size_t{0};
    };
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return fail(sql_problem::contains_nul, nul);
    lexer in(text);
    token previous{};
    for (std::size_t count = 0;; ++count) {
        const token t = in.next();
        if (t.kind == token_kind::failed) return fail(in.problem(), t.begin);
        if (t.kind == token_kind::end) {
            if (count == 0) return fail(sql_problem::empty, 0);
            break;
        }
        if (ended) return fail(sql_problem::multiple_statements, t.begin);
        if (count == 0 && t.kind == token_kind::semicolon) return fail(sql_problem::empty, t.begin);
        if (count == 0 && t.kind != token_kind::word && t.kind != token_kind::open)
            return fail(sql_problem::not_a_statement, t.begin);
        switch (t.kind) {
        case token_kind::open:
            if (depth == max_depth) return fail(sql_problem::nested_too_deep, t.begin);
            opened[depth++] = t.begin;
            break;
        case token_kind::close:
            if (depth == 0 || (text[opened[depth - 1]] == '(') != (text[t.begin] == ')'))
                return fail(sql_problem::unbalanced_parenthesis, t.begin);
            --depth;
            break;
        case token_kind::semicolon:
            if (depth != 0) return fail(sql_problem::unbalanced_parenthesis, opened[depth - 1]);
            ended = true;
            break;
        case token_kind::placeholder: {
            int n = 0;
            for (std::size_t i = t.begin + 1; i < t.end; ++i) {
                n = n * 10 + (text[i] - '0');
                if (n > scan_result::max_placeholders) return fail(sql_problem::too_many_placeholders, t.begin);
            }
            if (n == 0) return fail(sql_problem::placeholder_zero, t.begin);
            seen[static_cast<std::size_t>(n)] = true;
            if (n > out.placeholders) {
                out.placeholders = n;
                highest_at = t.begin;
            }
            break;
        }
        case token_kind::word:
            if (depth == 0 && t.word == kw("returning") && previous.kind != token_kind::dot &&
                previous.word != kw("as"))
                returning = t.end;
            break;
        default:
            break;
        }
        previous = t;
    }
    if (depth != 0) return fail(sql_problem::unbalanced_parenthesis, opened[depth - 1]);
    for (int n = 1; n <= out.placeholders; ++n) {
        if (seen[static_cast<std::size_t>(n)]) continue;
        out.missing_placeholder = n;
        return fail(sql_problem::placeholder_gap, highest_at);
    }
    return returning;
}

/// At WITH. Returns the first token of the main statement; what it does not understand comes back as `end`.
constexpr token skip_ctes(lexer& in) noexcept {
    token t = in.next();
    if (t.word == kw("recursive")) t = in.next();
    for (;; t = in.next()) {
        if (t.kind != token_kind::word && t.kind != token_kind::quoted && t.kind != token_kind::unicode) return {};
        t = in.next();
        if (t.kind == token_kind::open) {
            in.skip_group();
            t = in.next();
        }
        if (t.word != kw("as")) return {};
        t = in.next();
        if (t.word == kw("not")) t = in.next();
        if (t.word == kw("materialized")) t = in.next();
        if (t.kind != token_kind::open) return {};
        in.skip_group();
        t = in.next();
        if (t.word == kw("search") || t.word == kw("cycle")) return {};
        if (t.kind != token_kind::comma) return t;
    }
}

/// Reads the list that begins with `t` into `out.columns`. Returns the token behind it.
constexpr token read_list(lexer& in, token t, scan_result& out) noexcept {
    if (ends_list(t, list_item{})) return t;
    const column_name name(in.text());
    const auto trouble = [&out](list_problem why, std::size_t where) {
        if (out.list != list_problem::none) return;
        out.list = why;
        out.list_offset = where;
    };
    for (;; t = in.next()) {
        if (out.column_count == scan_result::max_columns) {
            trouble(list_problem::too_many_columns, t.begin);
            return t;
        }
        list_item item;
        t = walk_item(in, t, item);
        const sql_column column = name.of(item);
        if (column.how == sql_column::kind::star) trouble(list_problem::star, column.offset);
        if (column.how == sql_column::kind::not_understood) trouble(list_problem::not_understood, column.offset);
        out.columns[out.column_count++] = column;
        if (t.kind != token_kind::comma) return t;
    }
}

constexpr void read_select(lexer& in, scan_result& out) noexcept {
    token t = in.next();
    if (t.word == kw("all")) t = in.next();
    if (t.word == kw("distinct")) {
        t = in.next();
        if (t.word == kw("on")) {
            if (in.next().kind == token_kind::open) in.skip_group();
            t = in.next();
        }
    }
    out.verb = sql_verb::select;
    t = read_list(in, t, out);
    if (t.word != kw("into")) {
        out.returns_rows = true;
        return;
    }
    // SELECT … INTO makes a table.
    out.verb = sql_verb::other;
    out.list = list_problem::none;
    out.column_count = 0;
}

constexpr void read_returning(lexer in, scan_result& out) noexcept {
    out.returns_rows = true;
    token t = in.next();
    if (t.word == kw("with")) { // RETURNING WITH (OLD AS before) …, since PostgreSQL 18
        if (in.next().kind == token_kind::open) in.skip_group();
        t = in.next();
    }
    (void)read_list(in, t, out);
}

constexpr void not_understood(scan_result& out, std::size_t where) noexcept {
    out.returns_rows = true;
    out.list = list_problem::not_understood;
    out.list_offset = where;
}

} // namespace detail

/// Reads one SQL statement without a server: its form, its placeholders, its verb and the names of its result.
/// What the text does not tell for certain is reported as such (`list_problem`), not guessed. A statement that passes
/// can still be refused by the server: names, types and most of the grammar are not looked at.
/// For use when compiled; never allocates. The result views `text`.
[[nodiscard]] constexpr scan_result scan(std::string_view text) noexcept {
    using detail::kw;
    scan_result out{};
    const std::size_t returning = detail::check_form(text, out);
    if (!out.ok()) return out;

    detail::lexer in(text);
    detail::token t = in.next();
    bool nested = false;
    while (t.kind == detail::token_kind::open) { // (SELECT …) UNION …
        nested = true;
        t = in.next();
    }
    const detail::token first = t;
    if (t.word == kw("with")) {
        t = detail::skip_ctes(in);
        while (t.kind == detail::token_kind::open) {
            nested = true;
            t = in.next();
        }
        if (t.kind != detail::token_kind::word) t = first;
    }
    if (t.kind != detail::token_kind::word) {
        out.problem = sql_problem::not_a_statement;
        out.offset = t.begin;
        return out;
    }
    out.verb_word = text.substr(t.begin, t.end - t.begin);
    switch (t.word) {
    case kw("select"):
        detail::read_select(in, out);
        return out;
    case kw("values"):
        out.verb = sql_verb::values;
        detail::not_understood(out, t.begin);
        return out;
    case kw("table"):
        out.verb = sql_verb::select;
        out.returns_rows = true;
        out.list = list_problem::star;
        out.list_offset = t.begin;
        return out;
    case kw("with"): // an unfamiliar WITH
        detail::not_understood(out, t.begin);
        return out;
    case kw("show"):
    case kw("explain"):
    case kw("fetch"):
        detail::not_understood(out, t.begin);
        return out;
    case kw("insert"):
        out.verb = sql_verb::insert;
        break;
    case kw("update"):
        out.verb = sql_verb::update;
        break;
    case kw("delete"):
        out.verb = sql_verb::delete_;
        break;
    case kw("merge"):
        out.verb = sql_verb::merge;
        break;
    default:
        return out;
    }
    if (returning != 0 && !nested) detail::read_returning(detail::lexer(text, returning), out);
    return out;
}

} // namespace pgrepo
