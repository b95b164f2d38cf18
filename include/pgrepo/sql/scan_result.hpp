#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pgrepo {

/// Why a text is not one well-formed statement.
enum class sql_problem : unsigned char {
    none,
    empty,
    contains_nul,
    unterminated_quote,
    unterminated_identifier,
    empty_identifier,
    unterminated_comment,
    unterminated_dollar_quote,
    unexpected_character,
    junk_after_number,
    unbalanced_parenthesis,
    nested_too_deep,
    multiple_statements,
    not_a_statement,
    placeholder_zero,
    placeholder_gap,
    too_many_placeholders,
};

/// What a statement does. `other` is every one that is not a query: BEGIN, SET, CREATE, SELECT INTO, …
enum class sql_verb : unsigned char { select, insert, update, delete_, merge, values, other };

/// Why the names of a result list are not known.
enum class list_problem : unsigned char { none, star, too_many_columns, not_understood };

/// For messages.
[[nodiscard]] constexpr std::string_view to_string(sql_problem problem) noexcept {
    switch (problem) {
    case sql_problem::none:
        return "none";
    case sql_problem::empty:
        return "the text holds no statement";
    case sql_problem::contains_nul:
        return "the text holds a zero byte";
    case sql_problem::unterminated_quote:
        return "a ' is not closed";
    case sql_problem::unterminated_identifier:
        return "a \" is not closed";
    case sql_problem::empty_identifier:
        return "\"\" names nothing";
    case sql_problem::unterminated_comment:
        return "a /* is not closed";
    case sql_problem::unterminated_dollar_quote:
        return "a $tag$ is not closed";
    case sql_problem::unexpected_character:
        return "a character has no meaning in SQL";
    case sql_problem::junk_after_number:
        return "a letter follows a number or placeholder without a space";
    case sql_problem::unbalanced_parenthesis:
        return "a parenthesis or bracket has no partner";
    case sql_problem::nested_too_deep:
        return "more than 64 parentheses are open at once";
    case sql_problem::multiple_statements:
        return "more than one statement";
    case sql_problem::not_a_statement:
        return "the text does not begin with a word";
    case sql_problem::placeholder_zero:
        return "placeholders are counted from $1";
    case sql_problem::placeholder_gap:
        return "a placeholder below the highest one is missing";
    case sql_problem::too_many_placeholders:
        return "placeholders above $100 are not supported";
    }
    return "unknown";
}

/// As it is written in SQL.
[[nodiscard]] constexpr std::string_view to_string(sql_verb verb) noexcept {
    switch (verb) {
    case sql_verb::select:
        return "SELECT";
    case sql_verb::insert:
        return "INSERT";
    case sql_verb::update:
        return "UPDATE";
    case sql_verb::delete_:
        return "DELETE";
    case sql_verb::merge:
        return "MERGE";
    case sql_verb::values:
        return "VALUES";
    case sql_verb::other:
        return "other";
    }
    return "unknown";
}

/// For messages: with what to do.
[[nodiscard]] constexpr std::string_view to_string(list_problem problem) noexcept {
    switch (problem) {
    case list_problem::none:
        return "none";
    case list_problem::star:
        return "* depends on the table of the day; name the columns";
    case list_problem::too_many_columns:
        return "more than 64 columns";
    case list_problem::not_understood:
        return "the name of a column is not certain; write AS and a name behind it";
    }
    return "unknown";
}

/// One column of a result, as far as the text tells.
struct sql_column {
    enum class kind : unsigned char {
        named,          ///< `name` as the server will report it, but for letter case
        quoted,         ///< written in "": letter case stands, and "" in `name` means one "
        unnamed,        ///< the server will say ?column?
        star,           ///< any number of columns
        not_understood, ///< one column; the server's name for it is not known here
    };

    /// Views the statement, or a literal where the server makes the name up.
    std::string_view name{};
    /// Where the column's expression begins.
    std::size_t offset = 0;
    kind how = kind::unnamed;

    [[nodiscard]] constexpr bool has_name() const noexcept { return how == kind::named || how == kind::quoted; }
    /// Whether the server will report exactly `reported`.
    [[nodiscard]] constexpr bool is(std::string_view reported) const noexcept {
        if (!has_name()) return false;
        std::size_t at = 0;
        for (std::size_t i = 0; i < name.size(); ++i, ++at) {
            char c = name[i];
            if (how == kind::quoted) {
                if (c == '"') ++i;
            } else if (c >= 'A' && c <= 'Z') {
                c = static_cast<char>(c - 'A' + 'a');
            }
            if (at == reported.size() || reported[at] != c) return false;
        }
        return at == reported.size();
    }
};

/// What a statement's text says about itself. Views the text. Apart from `problem`, `offset` and
/// `missing_placeholder` nothing is filled in when there is a problem.
struct scan_result {
    static constexpr std::size_t max_columns = 64;
    static constexpr int max_placeholders = 100;

    sql_problem problem = sql_problem::none;
    std::size_t offset = 0;      ///< where in the text the problem is
    int missing_placeholder = 0; ///< of `placeholder_gap`

    int placeholders = 0; ///< the highest n of $n
    sql_verb verb = sql_verb::other;
    std::string_view verb_word{}; ///< as written; after WITH the main statement's
    bool returns_rows = false;    ///< SELECT, VALUES, TABLE, RETURNING, SHOW, EXPLAIN, FETCH

    /// Of the outermost select or RETURNING list; the first column that has a problem decides.
    list_problem list = list_problem::none;
    std::size_t list_offset = 0; ///< where that problem is
    /// Right also where a name is not understood, unless a star or a CASE without END is among them.
    std::size_t column_count = 0;
    std::array<sql_column, max_columns> columns{};

    [[nodiscard]] constexpr bool ok() const noexcept { return problem == sql_problem::none; }
    /// Index of the first column that the server will call `name`; `column_count` if there is none.
    [[nodiscard]] constexpr std::size_t find(std::string_view name) const noexcept {
        std::size_t i = 0;
        while (i < column_count && !columns[i].is(name)) ++i;
        return i;
    }
};

} // namespace pgrepo
