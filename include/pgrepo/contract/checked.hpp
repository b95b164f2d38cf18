#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/sql/query.hpp>
#include <pgrepo/sql/query_check.hpp>

#include <array>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgrepo {

namespace detail {

/// What a verb sends of an argument: a view of any text, anything else as it is.
template <class Arg> struct argument_traits {
    using bare = std::remove_cvref_t<Arg>;
    static constexpr bool array_of_char =
        std::is_array_v<bare> && std::is_same_v<std::remove_cv_t<std::remove_extent_t<bare>>, char>;
    static constexpr bool text =
        array_of_char || std::is_same_v<bare, std::string> || std::is_same_v<bare, std::string_view>;
    using decayed = std::conditional_t<std::is_same_v<bare, char*>, const char*, bare>;
    using param = std::conditional_t<text, std::string_view, decayed>;
};
template <class Arg> using param_of = typename argument_traits<Arg>::param;

template <class Argument> consteval bool is_sendable() {
    if constexpr (is_enum_without_enumerators<Argument>())
        return false;
    else
        return Encodable<Argument>;
}
template <class Argument> inline constexpr bool argument_has_codec = is_sendable<Argument>();

/// Stands for an argument where none is at fault.
struct every_argument {};
template <> inline constexpr bool argument_has_codec<every_argument> = true;

template <class... Params> struct first_unsendable {
    using type = every_argument;
};
template <class First, class... Rest> struct first_unsendable<First, Rest...> {
    using type = typename std::conditional_t<argument_has_codec<value_type_of<First>>, first_unsendable<Rest...>,
                                             std::type_identity<value_type_of<First>>>::type;
};

/// Every argument can be sent; where one cannot, params_check names the first.
template <class... Params>
inline constexpr bool can_be_sent = std::is_same_v<typename first_unsendable<Params...>::type, every_argument>;

template <class... Params> struct params_check {
    static constexpr bool said = true;
    using type = typename first_unsendable<Params...>::type;
    static_assert(
        enum_has_enumerators<type>,
        "pgrepo: [no_enumerators] this enum has no enumerator from 0 to 63; specialise pgrepo::enum_range for it");
    static_assert(
        !enum_has_enumerators<type> || argument_has_codec<type>,
        "pgrepo: [no_codec_parameter] an argument has a type that no codec sends; cast it to a type of the table "
        "in docs/types.md, or specialise pgrepo::codec for it (PostgreSQL has no unsigned integers)");
};

template <class Statement> inline constexpr bool is_query_statement = false;
template <class Row, fixed_string Text, fixed_string Id>
inline constexpr bool is_query_statement<query_statement<Row, Text, Id>> = true;

struct nothing_to_check {
    static constexpr bool said = true;
};

/// The checks of a statement: sentences as types, naming one's `said` is what runs it, and verdicts as constants. For a
/// text that is known at run time there are none, and the result's columns are matched by name when they are there.
template <class Statement> struct statement_traits {
    template <int Arguments> using form_check = nothing_to_check;
    template <class Row> using row_check = nothing_to_check;
    using value_check = nothing_to_check;
    template <sql_verb Verb> using verb_check = nothing_to_check;

    template <int Arguments> static constexpr bool formed = true;
    template <class Row> static constexpr bool gives = true;
    static constexpr bool gives_value = true;
    template <sql_verb Verb> static constexpr bool does = true;
};
template <class R, fixed_string Text, fixed_string Id> struct statement_traits<query_statement<R, Text, Id>> {
    template <int Arguments> using form_check = query_form_check<Text, Id, Arguments>;
    template <class Row> using row_check = query_row_check<Row, Text, Id>;
    using value_check = query_value_check<Text, Id>;
    template <sql_verb Verb> using verb_check = query_verb_check<Verb, Text, Id>;

    template <int Arguments> static constexpr bool formed = is_statement_with<Text, Arguments>;
    template <class Row> static constexpr bool gives = list_facts<Row, Text>::ok;
    static constexpr bool gives_value = single_column_facts<Text>::ok;
    template <sql_verb Verb> static constexpr bool does = verb_found<Text, Verb> == Verb;
};

/// What can be told of a text that was not known when compiled. Throws as `checked` says.
PGREPO_DECL void check_unsafe(const statement_ref& statement, std::size_t parameters);

} // namespace detail

/// What a verb takes on below: a statement that was checked against its arguments' types and its row, as a small plain
/// value with the user's call site in it. Views the statement and is used while the call blocks.
template <class Row, class... Params> class checked {
public:
    template <class R, fixed_string Text, fixed_string Id>
    constexpr explicit checked(const query_statement<R, Text, Id>& statement) noexcept
        : ref_{.text = detail::query_text<Text>.view(),
               .key = key<Text>,
               .parameter_types = detail::parameter_types<Params...>,
               .id = detail::query_text<Id>.view(),
               .where = statement.where()} {}

    /// Throws `error`: encode for a text with a zero byte (the server would get what stands before it), usage where it has
    /// another number of placeholders than there are parameters.
    explicit checked(const unsafe_sql& statement)
        : ref_{.text = statement.text(),
               .key = make_statement_key(statement.text(), detail::parameter_types<Params...>),
               .parameter_types = detail::parameter_types<Params...>,
               .id = statement.id(),
               .where = statement.where(),
               .prepare = statement.prepare()} {
        detail::check_unsafe(ref_, sizeof...(Params));
    }

    [[nodiscard]] constexpr const statement_ref& ref() const noexcept { return ref_; }

private:
    template <fixed_string Text>
    static constexpr statement_key key =
        make_statement_key(detail::query_text<Text>.view(), detail::parameter_types<Params...>);

    statement_ref ref_;
};

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/contract/impl/checked.ipp>
#endif
