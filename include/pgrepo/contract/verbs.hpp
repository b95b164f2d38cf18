#pragma once

#include <pgrepo/contract/checked.hpp>
#include <pgrepo/contract/finish.hpp>
#include <pgrepo/contract/named_finish.hpp>
#include <pgrepo/contract/operation.hpp>
#include <pgrepo/reflect/struct_check.hpp>

#include <cstdint>
#include <optional>
#include <source_location>
#include <type_traits>
#include <vector>

namespace pgrepo {

namespace detail {

/// What a row becomes by the call or by the statement; void: neither says.
template <class Row, class Statement>
using row_type_of = std::conditional_t<std::is_void_v<Row>, typename Statement::row_type, Row>;

/// Stands for a row in a call that does not compile.
struct unnamed_row {};
/// What a row is held as: what was named, where a vector can hold it.
template <class Row, class Statement>
using row_of =
    std::conditional_t<is_plain_class<row_type_of<Row, Statement>>, row_type_of<Row, Statement>, unnamed_row>;
/// What is asked to be a struct; nothing where none was named, since that is said already.
template <class Row, class Statement>
using named_row_of =
    std::conditional_t<std::is_void_v<row_type_of<Row, Statement>>, unnamed_row, row_type_of<Row, Statement>>;

template <class Row, class Statement> inline constexpr bool statement_names_a_row = !std::is_void_v<Row>;

/// Says that nobody has said what a row becomes.
template <class Row, class Statement> struct named_row_check {
    static constexpr bool said = true;
    static_assert(
        statement_names_a_row<Row, Statement>,
        "pgrepo: [no_row_type] this call does not say what a row becomes; use query<Row, \"...\">, or name it: "
        "select<Row>(...)");
};

template <class T, class Later> struct deferred {
    using type = T;
};

/// The same statement, called from another line.
template <class Statement> Statement at(const Statement& statement, std::source_location where) {
    return Statement(statement, where);
}

/// The same statement with the same call site: a plain copy would take this line for the user's.
template <class Statement> Statement relay(const Statement& statement) {
    return Statement(statement, statement.where());
}

} // namespace detail

/// The verbs of an Executor: derive from it and they follow from `run` (a class without a constructor of its own declares
/// the default one). Each sends one statement in one round trip; the statement is a `query<…>`, a `sql<…>` or an
/// `unsafe_sql`, arguments are bound to $1, $2, … in their order. Text arguments are views and the others references:
/// they live until the call returns. Throws what `run` throws; `Row` is the struct a row becomes, by field names.
template <class Self> class executor_verbs {
    // Self is incomplete while this class is instantiated, so its `returns` is named through a later parameter.
    template <class T, class Later> using returns = typename detail::deferred<Self, Later>::type::template returns<T>;
    template <class Row, class Statement>
    using executed = returns<std::conditional_t<std::is_void_v<detail::row_type_of<Row, Statement>>, std::int64_t,
                                                std::vector<detail::row_of<Row, Statement>>>,
                             Statement>;
    template <class Row, class Statement>
    using list_check = std::conditional_t<!std::is_same_v<Row, detail::unnamed_row>,
                                          typename detail::statement_traits<Statement>::template row_check<Row>,
                                          detail::nothing_to_check>;
    template <class Row, class Statement, class... Args>
    static constexpr bool is_selectable =
        !std::is_same_v<Row, detail::unnamed_row> && detail::is_row<Row> &&
        detail::statement_traits<Statement>::template formed<sizeof...(Args)> &&
        detail::statement_traits<Statement>::template gives<Row> && detail::can_be_sent<detail::param_of<Args>...>;

public:
    /// Any statement. Without `Row`: how many rows it changed. With `Row`: the rows of its RETURNING list.
    template <class Row = void, class Statement, class... Args>
    auto execute(Statement statement, Args&&... args) -> executed<Row, Statement> {
        using row = detail::row_type_of<Row, Statement>;
        if constexpr (!std::is_void_v<row>) {
            return select<row>(detail::relay(statement), args...);
        } else {
            using traits = detail::statement_traits<Statement>;
            static_assert(traits::template form_check<sizeof...(Args)>::said &&
                          detail::params_check<detail::param_of<Args>...>::said);
            if constexpr (traits::template formed<sizeof...(Args)> && detail::can_be_sent<detail::param_of<Args>...>)
                return send<std::int64_t, detail::finish_count, row>(statement, args...);
            else
                return detail::refused<executed<Row, Statement>>();
        }
    }

    /// All rows, in a vector sized once.
    template <class Row = void, class Statement, class... Args>
    auto select(Statement statement, Args&&... args)
        -> returns<std::vector<detail::row_of<Row, Statement>>, Statement> {
        using row = detail::row_of<Row, Statement>;
        using traits = detail::statement_traits<Statement>;
        static_assert(detail::named_row_check<detail::row_type_of<Row, Statement>, Statement>::said &&
                      detail::struct_check<detail::named_row_of<Row, Statement>>::said &&
                      detail::row_check<row>::said && traits::template form_check<sizeof...(Args)>::said &&
                      list_check<row, Statement>::said && detail::params_check<detail::param_of<Args>...>::said);
        if constexpr (is_selectable<row, Statement, Args...>)
            return send<std::vector<row>,
                        typename detail::finish_of_statement<Statement, row, detail::finish_all>::type, row>(statement,
                                                                                                             args...);
        else
            return detail::refused<returns<std::vector<row>, Statement>>();
    }

    /// The only row, or nothing. Throws `error` kind too_many_rows where there are more.
    template <class Row = void, class Statement, class... Args>
    auto select_one(Statement statement, Args&&... args)
        -> returns<std::optional<detail::row_of<Row, Statement>>, Statement> {
        using row = detail::row_of<Row, Statement>;
        using traits = detail::statement_traits<Statement>;
        static_assert(detail::named_row_check<detail::row_type_of<Row, Statement>, Statement>::said &&
                      detail::struct_check<detail::named_row_of<Row, Statement>>::said &&
                      detail::row_check<row>::said && traits::template form_check<sizeof...(Args)>::said &&
                      list_check<row, Statement>::said && detail::params_check<detail::param_of<Args>...>::said);
        if constexpr (is_selectable<row, Statement, Args...>)
            return send<std::optional<row>,
                        typename detail::finish_of_statement<Statement, row, detail::finish_at_most_one>::type, row>(
                statement, args...);
        else
            return detail::refused<returns<std::optional<row>, Statement>>();
    }

    /// The only value of the only row: `db.select_value<std::int64_t>(sql<"SELECT count(*) FROM users">)`.
    /// NULL asks for a `std::optional`. Throws `error` kind not_found where there is no row, too_many_rows where there
    /// are several.
    template <class Value, class Statement, class... Args>
    auto select_value(Statement statement, Args&&... args) -> returns<Value, Statement> {
        using traits = detail::statement_traits<Statement>;
        static_assert(traits::template form_check<sizeof...(Args)>::said && traits::value_check::said &&
                      detail::value_check<Value>::said && detail::params_check<detail::param_of<Args>...>::said);
        if constexpr (traits::template formed<sizeof...(Args)> && traits::gives_value &&
                      detail::value_has_codec<Value> && detail::can_be_sent<detail::param_of<Args>...>)
            return send<Value, detail::finish_exactly_one<Value, detail::value_codec<Value>>, Value>(statement,
                                                                                                     args...);
        else
            return detail::refused<returns<Value, Statement>>();
    }

    /// `execute` of a statement that must be an INSERT.
    template <class Row = void, class Statement, class... Args>
    auto insert(Statement statement, Args&&... args) -> executed<Row, Statement> {
        using traits = detail::statement_traits<Statement>;
        static_assert(traits::template verb_check<sql_verb::insert>::said);
        if constexpr (!traits::template does<sql_verb::insert>)
            return detail::refused<executed<Row, Statement>>();
        else if constexpr (std::is_void_v<detail::row_type_of<Row, Statement>>)
            return execute(detail::relay(statement), args...);
        else // a level less than by execute: the sentence stays short
            return select<Row>(detail::relay(statement), args...);
    }
    /// `execute` of a statement that must be an UPDATE.
    template <class Row = void, class Statement, class... Args>
    auto update(Statement statement, Args&&... args) -> executed<Row, Statement> {
        using traits = detail::statement_traits<Statement>;
        static_assert(traits::template verb_check<sql_verb::update>::said);
        if constexpr (!traits::template does<sql_verb::update>)
            return detail::refused<executed<Row, Statement>>();
        else if constexpr (std::is_void_v<detail::row_type_of<Row, Statement>>)
            return execute(detail::relay(statement), args...);
        else // a level less than by execute: the sentence stays short
            return select<Row>(detail::relay(statement), args...);
    }
    /// `execute` of a statement that must be a DELETE.
    template <class Row = void, class Statement, class... Args>
    auto remove(Statement statement, Args&&... args) -> executed<Row, Statement> {
        using traits = detail::statement_traits<Statement>;
        static_assert(traits::template verb_check<sql_verb::delete_>::said);
        if constexpr (!traits::template does<sql_verb::delete_>)
            return detail::refused<executed<Row, Statement>>();
        else if constexpr (std::is_void_v<detail::row_type_of<Row, Statement>>)
            return execute(detail::relay(statement), args...);
        else // a level less than by execute: the sentence stays short
            return select<Row>(detail::relay(statement), args...);
    }

private:
    friend Self;
    executor_verbs() = default;

    template <class T, class Finish, class Row, class Statement, class... Args>
    auto send(const Statement& statement, const Args&... args) -> returns<T, Statement> {
        const checked<Row, detail::param_of<Args>...> ready(statement);
        detail::parameter_block<detail::type_list<detail::param_of<Args>...>> bound(ready.ref(), ready.ref().where);
        (bound.template put<detail::param_of<Args>>(args), ...);
        return static_cast<Self*>(this)->run(operation<T, Finish>{bound.asking_for(Finish::shape), {}});
    }
};

} // namespace pgrepo
