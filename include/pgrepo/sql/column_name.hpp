#pragma once

#include <pgrepo/sql/lexer.hpp>
#include <pgrepo/sql/result_list.hpp>
#include <pgrepo/sql/scan_result.hpp>
#include <pgrepo/sql/token.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// How sure PostgreSQL is of a name that it found: a cast replaces a weak one by the type's.
enum class name_strength : unsigned char { none, weak, strong };

/// Finds the name that PostgreSQL gives to an expression without AS, for the forms whose name is the same in every
/// server version: columns, calls, constants, CASE, casts of columns and calls, and any of them with an alias behind.
/// Source: PostgreSQL, src/backend/parser/parse_target.c (FigureColnameInternal).
class column_name {
public:
    constexpr explicit column_name(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] constexpr sql_column of(const list_item& item) const noexcept {
        name_strength strength = name_strength::none;
        return of(item, strength);
    }

private:
    [[nodiscard]] constexpr sql_column of(const list_item& item, name_strength& strength) const noexcept {
        if (item.has_alias() && !item.open_case) {
            // t.* AS x: the server drops the alias.
            if (item.third_last.kind == token_kind::star)
                return {.name = {}, .offset = item.begin, .how = sql_column::kind::star};
            return named(item.last, item.begin);
        }
        sql_column found{.name = {}, .offset = item.begin, .how = sql_column::kind::unnamed};
        if (simple(item, found, strength)) return found;
        found = {.name = {}, .offset = item.begin, .how = sql_column::kind::not_understood};
        strength = name_strength::none;
        // a + b: an operator at the top has no name, unless the last word may be an alias.
        const bool word_at_end = item.last.kind == token_kind::word || item.last.kind == token_kind::quoted;
        const bool operand_at_end = item.second_last.kind == token_kind::dot ||
                                    item.second_last.kind == token_kind::cast || is_operator(item.second_last) ||
                                    item.second_last.word == kw("from");
        if (item.open_case) return found;
        if (item.has_operator && !item.odd && (!word_at_end || operand_at_end)) found.how = sql_column::kind::unnamed;
        return found;
    }

    [[nodiscard]] constexpr sql_column named(const token& t, std::size_t offset) const noexcept {
        sql_column column{.name = text_.substr(t.begin, t.end - t.begin), .offset = offset};
        column.how = sql_column::kind::named;
        if (t.kind == token_kind::quoted) {
            column.name = text_.substr(t.begin + 1, t.end - t.begin - 2);
            column.how = sql_column::kind::quoted;
        }
        // The server cuts names after 63 bytes.
        if (column.name.size() > 63) column.how = sql_column::kind::not_understood;
        return column;
    }

    [[nodiscard]] static constexpr bool is_name(const token& t) noexcept {
        return t.kind == token_kind::word || t.kind == token_kind::quoted;
    }

    [[nodiscard]] static constexpr bool stands_alone(const token& t) noexcept {
        return t.word == kw("null") || t.word == kw("true") || t.word == kw("false");
    }

    /// False: not one of the forms that are understood.
    constexpr bool simple(const list_item& item, sql_column& found, name_strength& strength) const noexcept {
        if (item.last.kind == token_kind::word || item.last.kind == token_kind::quoted) {
            // a and t.a: most of all columns, known without a second look.
            if (item.tokens == 1
                    ? !stands_alone(item.last)
                    : item.tokens == 3 && item.second_last.kind == token_kind::dot && is_name(item.third_last)) {
                found = named(item.last, item.begin);
                strength = name_strength::strong;
                return true;
            }
        }
        lexer in(text_.substr(0, item.end), item.begin);
        token t = in.next();
        if (t.kind == token_kind::star) {
            found.how = sql_column::kind::star;
            return true;
        }
        if (!primary(in, t, item.begin, found, strength)) return false;
        if (found.how == sql_column::kind::star) return true; // also before an alias, which the server drops
        bool interval = false;
        for (;;) {
            if (t.kind == token_kind::open && text_[t.begin] == '[') {
                in.skip_group();
                t = in.next();
            } else if (t.kind == token_kind::dot) {
                if (!member(in, t, item.begin, found)) return false;
                strength = name_strength::strong;
                if (found.how == sql_column::kind::star) return true;
            } else if (t.kind == token_kind::cast) {
                if (!type(in, t, interval)) return false;
                if (strength != name_strength::strong) {
                    found = {.name = {}, .offset = item.begin, .how = sql_column::kind::not_understood};
                    strength = name_strength::weak;
                }
            } else if (t.word == kw("collate")) {
                if (!qualified_name(in, t)) return false;
            } else {
                break;
            }
        }
        if (t.kind == token_kind::end) return true;
        // What is left can only be an alias, but for a few words that go on with the expression.
        if (!is_name(t) || t.end != item.end) return false;
        if (t.word == kw("isnull") || t.word == kw("notnull") || (interval && t.kind == token_kind::word)) return false;
        found = named(t, item.begin);
        return true;
    }

    /// Reads the first operand; `t` becomes the token behind it.
    constexpr bool primary(lexer& in, token& t, std::size_t offset, sql_column& found,
                           name_strength& strength) const noexcept {
        if (t.kind == token_kind::number || t.kind == token_kind::string || t.kind == token_kind::placeholder) {
            t = in.next();
            return true;
        }
        if (t.kind == token_kind::open) { // (row).member, or (SELECT …) name
            found.how = sql_column::kind::not_understood;
            in.skip_group();
            t = in.next();
            return true;
        }
        if (!is_name(t)) return false;
        if (stands_alone(t)) {
            if (t.word != kw("null")) { // "bool" until PostgreSQL 14, unnamed since
                found.how = sql_column::kind::not_understood;
                strength = name_strength::weak;
            }
            t = in.next();
            return true;
        }
        if (t.word == kw("not")) return false;
        if (t.word == kw("case")) return case_name(in, t, offset, found, strength);
        const token first = t;
        found = named(t, offset);
        strength = name_strength::strong;
        t = in.next();
        while (t.kind == token_kind::dot) {
            if (!member(in, t, offset, found)) return false;
            if (found.how == sql_column::kind::star) return true;
        }
        if (t.kind != token_kind::open || text_[t.begin] != '(') return true;
        // Their names are those of a type, of another function, or of another function in another server version.
        if (first.word == kw("cast") || first.word == kw("treat") || first.word == kw("trim") ||
            first.word == kw("extract") || first.word == kw("operator")) {
            found = {.name = {}, .offset = offset, .how = sql_column::kind::not_understood};
            strength = name_strength::none;
        }
        in.skip_group();
        t = in.next();
        return call_suffixes(in, t);
    }

    /// At a dot. A star behind it makes the whole expression one.
    constexpr bool member(lexer& in, token& t, std::size_t offset, sql_column& found) const noexcept {
        t = in.next();
        if (t.kind == token_kind::star) {
            found = {.name = {}, .offset = offset, .how = sql_column::kind::star};
        } else if (is_name(t)) {
            found = named(t, offset);
        } else {
            return false;
        }
        t = in.next();
        return true;
    }

    static constexpr bool call_suffixes(lexer& in, token& t) noexcept {
        for (;;) {
            if (t.word == kw("within")) {
                if (in.next().word != kw("group")) return false;
            } else if (t.word == kw("over")) {
                const token window = in.next();
                if (window.kind == token_kind::open)
                    in.skip_group();
                else if (!is_name(window))
                    return false;
                t = in.next();
                continue;
            } else if (t.word != kw("filter")) {
                return true;
            }
            if (in.next().kind != token_kind::open) return false;
            in.skip_group();
            t = in.next();
        }
    }

    /// After CASE. The name of what ELSE gives if that is a strong one, otherwise "case".
    constexpr bool case_name(lexer& in, token& t, std::size_t offset, sql_column& found,
                             name_strength& strength) const noexcept {
        std::size_t otherwise = 0;
        token previous{};
        for (int cases = 1; cases > 0; previous = t) {
            t = in.next();
            if (t.kind == token_kind::end || t.kind == token_kind::failed) return false;
            if (t.kind == token_kind::open) {
                in.skip_group();
            } else if (previous.kind != token_kind::dot) {
                if (t.word == kw("case")) ++cases;
                if (t.word == kw("end")) --cases;
                if (t.word == kw("else") && cases == 1) otherwise = t.end;
            }
        }
        if (otherwise != 0) {
            const std::string_view until_end = text_.substr(0, t.begin);
            lexer inner(until_end, otherwise);
            list_item item;
            (void)walk_item(inner, inner.next(), item);
            found = column_name(until_end).of(item, strength);
            if (found.how == sql_column::kind::not_understood && strength != name_strength::weak) return false;
            found.offset = offset;
        }
        if (strength != name_strength::strong) {
            found = {.name = "case", .offset = offset, .how = sql_column::kind::named};
            strength = name_strength::weak;
        }
        t = in.next();
        return true;
    }

    /// Before a name; `t` becomes the token behind it and its dots.
    static constexpr bool qualified_name(lexer& in, token& t) noexcept {
        do {
            if (!is_name(in.next())) return false;
            t = in.next();
        } while (t.kind == token_kind::dot);
        return true;
    }

    /// At `::`. Reads a type's name; `t` becomes the token behind it.
    static constexpr bool type(lexer& in, token& t, bool& interval) noexcept {
        t = in.next();
        if (!is_name(t)) return false;
        const folded_word first = t.word;
        interval = first == kw("interval");
        t = in.next();
        if (t.kind == token_kind::dot && !qualified_name(in, t)) return false;
        if (first == kw("double")) {
            if (t.word != kw("precision")) return false;
            t = in.next();
        }
        if (first == kw("setof") || first == kw("national")) return false;
        if (t.word == kw("varying") && (first == kw("character") || first == kw("char") || first == kw("bit")))
            t = in.next();
        if (t.kind == token_kind::open && in.text()[t.begin] == '(') {
            in.skip_group();
            t = in.next();
        }
        if ((first == kw("timestamp") || first == kw("time")) && (t.word == kw("with") || t.word == kw("without"))) {
            if (in.next().word != kw("time") || in.next().word != kw("zone")) return false;
            t = in.next();
        }
        return t.word != kw("array");
    }

    std::string_view text_;
};

} // namespace pgrepo::detail
