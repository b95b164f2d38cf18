#pragma once

#include <pgrepo/codec/row_codec.hpp>
#include <pgrepo/sql/query.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgrepo::detail {

template <fixed_string Text> inline constexpr fixed_string query_text = Text;
template <fixed_string Text> inline constexpr scan_result scanned = scan(query_text<Text>.view());

/// What a diagnostic calls a statement: its identifier, or its text where it has none.
template <fixed_string Text, fixed_string Id> using query_label = std::conditional_t<Id.empty(), name<Text>, name<Id>>;

template <sql_problem Problem> struct problem_is {};
template <std::size_t Offset> struct at_offset {};
template <sql_verb Verb> struct verb_is {};
template <int N> struct wanted {};
template <int N> struct given {};

// Conditions with names: a compiler prints them with their arguments when an assertion fails.
template <class Statement, class Problem, class Offset> inline constexpr bool statement_is_well_formed = false;
template <class Statement, class Offset>
inline constexpr bool statement_is_well_formed<Statement, problem_is<sql_problem::none>, Offset> = true;
template <class Statement, class Wanted, class Given> inline constexpr bool argument_count_matches = false;
template <class Statement, int N> inline constexpr bool argument_count_matches<Statement, wanted<N>, given<N>> = true;
template <class Statement, class Wanted, class Given> inline constexpr bool verb_matches = false;
template <class Statement, class Verb> inline constexpr bool verb_matches<Statement, Verb, Verb> = true;
template <list_problem Problem> struct list_problem_is {};
template <class Statement, class Problem> inline constexpr bool list_is_understood = false;
template <class Statement>
inline constexpr bool list_is_understood<Statement, list_problem_is<list_problem::none>> = true;
template <class Statement, class Field, class Row> inline constexpr bool list_has_field = false;
template <class Statement, class Row> inline constexpr bool list_has_field<Statement, every_field, Row> = true;
template <class Statement, class Wanted, class Given> inline constexpr bool list_has_as_many_columns_as_fields = false;
template <class Statement, int N>
inline constexpr bool list_has_as_many_columns_as_fields<Statement, wanted<N>, given<N>> = true;
template <class Statement> inline constexpr bool statement_returns_rows = false;

/// How many columns of the list are the field's name.
template <fixed_string Text> constexpr int count_columns_named(std::string_view field) {
    int n = 0;
    for (std::size_t i = 0; i < scanned<Text>.column_count; ++i) n += scanned<Text>.columns[i].is(field) ? 1 : 0;
    return n;
}
template <class Row, fixed_string Text, int Times> consteval auto find_field_named_times() {
    constexpr std::size_t found = [] {
        for (std::size_t i = 0; i < column_count<Row>; ++i) {
            const int times = count_columns_named<Text>(column_places<Row>[i].name);
            if ((times > 1 ? 2 : times) == Times) return i;
        }
        return no_field;
    }();
    if constexpr (found == no_field)
        return std::type_identity<every_field>{};
    else
        return std::type_identity<column_name_label<Row, found>>{};
}

// Verdicts and sentences are apart: clang takes no constant from a class in which an assertion failed. A verdict about a
// text that is malformed is true where the malformedness is what there is to say. One cause, one error.

template <fixed_string Text, int Arguments>
inline constexpr bool is_statement_with =
    scanned<Text>.problem == sql_problem::none && scanned<Text>.placeholders == Arguments;

/// Says in one sentence why a text is no statement, or does not go with the arguments.
template <fixed_string Text, fixed_string Id, int Arguments> struct query_form_check {
    static constexpr bool said = true;
    using label = query_label<Text, Id>;
    static constexpr sql_problem problem = scanned<Text>.problem;
    static constexpr bool gap = problem == sql_problem::placeholder_gap;
    static constexpr bool several = problem == sql_problem::multiple_statements;
    static constexpr std::size_t offset = scanned<Text>.offset;
    static_assert(
        statement_is_well_formed<label, problem_is<gap ? problem : sql_problem::none>, at_offset<offset>>,
        "pgrepo: [placeholder_gap] placeholders are $1, $2, ... without a gap; a lower one than the highest is missing");
    static_assert(statement_is_well_formed<label, problem_is<several ? problem : sql_problem::none>, at_offset<offset>>,
                  "pgrepo: [two_statements] the text holds more than one statement; a call sends exactly one");
    static_assert(
        statement_is_well_formed<label, problem_is<gap || several ? sql_problem::none : problem>, at_offset<offset>>,
        "pgrepo: [malformed_sql] the text is not one well-formed statement; printed: statement, problem, offset");
    static constexpr int placeholders = problem == sql_problem::none ? scanned<Text>.placeholders : Arguments;
    static_assert(
        argument_count_matches<label, wanted<placeholders>, given<Arguments>>,
        "pgrepo: [argument_count] the call gives another number of arguments than the statement has placeholders");
};

/// What the outermost list of a well-formed text says about Row.
template <class Row, fixed_string Text> struct list_facts {
    static constexpr bool formed = scanned<Text>.problem == sql_problem::none;
    static constexpr bool rows = !formed || scanned<Text>.returns_rows;
    static constexpr list_problem problem = formed && rows ? scanned<Text>.list : list_problem::none;
    static constexpr bool readable = formed && rows && problem == list_problem::none && has_known_fields<Row>;
    template <int Times> static consteval auto look() {
        if constexpr (readable)
            return find_field_named_times<Row, Text, Times>();
        else
            return std::type_identity<every_field>{};
    }
    using missing = typename decltype(look<0>())::type;
    using repeated = typename decltype(look<2>())::type;
    static constexpr int fields = static_cast<int>(column_count<Row>);
    static constexpr bool complete = std::is_same_v<missing, every_field> && std::is_same_v<repeated, every_field>;
    static constexpr int columns = readable && complete ? static_cast<int>(scanned<Text>.column_count) : fields;
    static constexpr bool ok = readable && complete && columns == fields;
};

/// Says in one sentence why the outermost list does not give every field of Row once.
template <class Row, fixed_string Text, fixed_string Id> struct query_row_check {
    static constexpr bool said = true;
    using label = query_label<Text, Id>;
    using facts = list_facts<Row, Text>;
    static_assert(facts::rows || statement_returns_rows<label>,
                  "pgrepo: [no_rows] rows are asked of a statement that returns none; add RETURNING, or use execute");
    static_assert(
        list_is_understood<label, list_problem_is<facts::problem>>,
        "pgrepo: [list_not_understood] the columns of the result cannot be told from the text; write them out "
        "(no *), and AS with a name behind each expression");
    static_assert(list_has_field<label, typename facts::missing, Row>,
                  "pgrepo: [missing_in_list] the statement's list lacks a field of the row; select it, or alias an "
                  "expression with AS; printed: statement, field, row");
    static constexpr bool once = !std::is_same_v<typename facts::missing, every_field>;
    static_assert(
        once || list_has_field<label, typename facts::repeated, Row>,
        "pgrepo: [repeated_in_list] two columns of the statement's list have a field's name; give one another "
        "with AS; printed: statement, field, row");
    static_assert(list_has_as_many_columns_as_fields<label, wanted<facts::fields>, given<facts::columns>>,
                  "pgrepo: [surplus_in_list] the statement's list has more columns than the row has fields; leave them "
                  "out, or add the fields");
};

template <fixed_string Text> struct single_column_facts {
    static constexpr bool formed = scanned<Text>.problem == sql_problem::none;
    static constexpr bool rows = !formed || scanned<Text>.returns_rows;
    // What the column is called does not matter, but a star may be any number of them.
    static constexpr bool star = formed && rows && scanned<Text>.list == list_problem::star;
    static constexpr int columns = formed && rows && !star ? static_cast<int>(scanned<Text>.column_count) : 1;
    static constexpr bool ok = formed && rows && !star && columns == 1;
};

/// Says in one sentence why the text does not give one value.
template <fixed_string Text, fixed_string Id> struct query_value_check {
    static constexpr bool said = true;
    using label = query_label<Text, Id>;
    using facts = single_column_facts<Text>;
    static_assert(facts::rows || statement_returns_rows<label>,
                  "pgrepo: [no_rows] rows are asked of a statement that returns none; add RETURNING, or use execute");
    static_assert(
        list_is_understood<label, list_problem_is<facts::star ? list_problem::star : list_problem::none>>,
        "pgrepo: [list_not_understood] the columns of the result cannot be told from the text; write them out "
        "(no *), and AS with a name behind each expression");
    static_assert(list_has_as_many_columns_as_fields<label, wanted<1>, given<facts::columns>>,
                  "pgrepo: [one_value] select_value is for a statement with one column; use select_one with a row");
};

template <fixed_string Text, sql_verb Verb>
inline constexpr sql_verb verb_found = scanned<Text>.problem == sql_problem::none ? scanned<Text>.verb : Verb;

/// Says that the call's verb is not the statement's.
template <sql_verb Verb, fixed_string Text, fixed_string Id> struct query_verb_check {
    static constexpr bool said = true;
    static_assert(verb_matches<query_label<Text, Id>, verb_is<Verb>, verb_is<verb_found<Text, Verb>>>,
                  "pgrepo: [verb] the call's verb is not the statement's; printed: statement, wanted, given");
};

/// The result column of each field, by name, found when compiled.
template <class Row, fixed_string Text> struct positions_in_list {
    static constexpr auto table = [] {
        std::array<int, column_count<Row>> out{};
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<int>(scanned<Text>.find(column_places<Row>[i].name));
        return out;
    }();
    static constexpr int position(std::size_t field) noexcept { return table[field]; }
    static constexpr int width = static_cast<int>(column_count<Row>);
};

/// Fields are found by name when the result is there.
template <class Row> struct positions_by_name {
    static constexpr int position(std::size_t) noexcept { return -1; }
    static constexpr int width = -1;
};

} // namespace pgrepo::detail
