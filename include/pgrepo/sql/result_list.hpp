#pragma once

#include <pgrepo/sql/lexer.hpp>
#include <pgrepo/sql/scan_result.hpp>
#include <pgrepo/sql/token.hpp>

#include <cstddef>
#include <string_view>

namespace pgrepo::detail {

/// One expression of a select or RETURNING list, seen from outside: what stands at its end, and whether anything in it
/// but a bracket or a CASE is an operator.
struct list_item {
    std::size_t begin = 0;
    std::size_t end = 0;
    token last{};
    token second_last{};
    token third_last{};
    std::size_t tokens = 0;
    bool has_operator = false;
    bool open_case = false; ///< CASE without END: the end of the item is not known
    bool odd = false;       ///< holds what can make a name of an operator: OVERLAPS, IS NORMALIZED, U&""

    bool last_is_as = false; ///< AS the keyword: in `t.as` and the end of `x AS as` it is a name
    bool second_last_is_as = false;

    [[nodiscard]] constexpr bool has_alias() const noexcept {
        return tokens >= 3 && second_last_is_as && (last.kind == token_kind::word || last.kind == token_kind::quoted);
    }
    /// Whether what comes next is a name whatever it says: `t.from`, `x AS order`.
    [[nodiscard]] constexpr bool expects_label() const noexcept { return last.kind == token_kind::dot || last_is_as; }
};

/// Whether `t` stands behind the list, not in it. The words are reserved; `item`, what stands before, tells the few
/// places where they do not end a list.
[[nodiscard]] constexpr bool ends_list(const token& t, const list_item& item) noexcept {
    if (t.kind == token_kind::end || t.kind == token_kind::failed || t.kind == token_kind::close ||
        t.kind == token_kind::semicolon)
        return true;
    if (t.kind != token_kind::word || t.word == 0 || item.expects_label()) return false;
    switch (t.word) {
    case kw("from"):
        return item.last.word != kw("distinct"); // IS DISTINCT FROM
    case kw("group"):
        return item.last.word != kw("within"); // WITHIN GROUP (…)
    case kw("for"):
        return item.last.word != kw("collation"); // COLLATION FOR (…)
    case kw("into"):
    case kw("where"):
    case kw("having"):
    case kw("window"):
    case kw("union"):
    case kw("intersect"):
    case kw("except"):
    case kw("order"):
    case kw("limit"):
    case kw("offset"):
    case kw("fetch"):
        return true;
    default:
        return false;
    }
}

[[nodiscard]] constexpr bool is_operator(const token& t) noexcept {
    if (t.kind == token_kind::symbol || t.kind == token_kind::star) return true;
    if (t.kind != token_kind::word) return false;
    switch (t.word) {
    case kw("and"):
    case kw("or"):
    case kw("not"):
    case kw("is"):
    case kw("in"):
    case kw("like"):
    case kw("ilike"):
    case kw("similar"):
    case kw("between"):
        return true;
    default:
        return false;
    }
}

/// Reads up to the comma or whatever else ends the item, and returns that token.
[[nodiscard]] constexpr token walk_item(lexer& in, token t, list_item& item) noexcept {
    item.begin = t.begin;
    item.end = t.begin;
    for (int cases = 0;; t = in.next()) {
        if (t.kind == token_kind::comma && cases == 0) return t;
        // A reserved word within CASE … END ends nothing, the end of the text does.
        if (ends_list(t, item) && (cases == 0 || t.kind != token_kind::word)) return t;
        const bool label = item.expects_label();
        item.odd = item.odd || t.kind == token_kind::unicode;
        if (t.kind == token_kind::word && !label) {
            if (t.word == kw("case")) ++cases;
            if (t.word == kw("end") && cases > 0) {
                --cases;
                t.kind = token_kind::close; // END is a bracket here, not a word that might be an alias
            }
            item.odd = item.odd || t.word == kw("overlaps") || t.word == kw("normalized");
        }
        item.open_case = cases > 0;
        item.has_operator = item.has_operator || (cases == 0 && !label && is_operator(t));
        if (t.kind == token_kind::open) t = in.skip_group();
        item.third_last = item.second_last;
        item.second_last = item.last;
        item.second_last_is_as = item.last_is_as;
        item.last_is_as = t.kind == token_kind::word && t.word == kw("as") && !label;
        item.last = t;
        item.end = t.end;
        ++item.tokens;
    }
}

} // namespace pgrepo::detail
