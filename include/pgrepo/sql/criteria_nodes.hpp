#pragma once

#include <pgrepo/base/statement_ref.hpp>
#include <pgrepo/codec/bind.hpp>
#include <pgrepo/codec/list_parameter.hpp>
#include <pgrepo/mapping/annotations.hpp>
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/sql/clauses.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace pgrepo {

/// A condition over one record's columns. Its SQL is a function of its type alone; its values are its members.
/// Views of what was given to it: use it in the expression that makes it, or keep its operands alive.
template <class Node> struct criterion {
    Node node{};
};

namespace detail {

// Each node: `record_type`; `write`, its SQL; `parameters`, the types it binds; `bind`, which puts its values in that order.

/// No condition.
template <class Record> struct everything {
    using record_type = Record;
    using parameters = type_list<>;
    static constexpr bool is_condition = false;
    static constexpr void write(sql_writer&) {}
    void bind(parameter_writer&) const {}
};

/// Stands where a worded error was given, so that it stays the only one.
template <class Record> struct broken : everything<Record> {};

enum class comparator : unsigned char { equal, not_equal, less, less_equal, greater, greater_equal, like };

constexpr std::string_view spelling(comparator op) noexcept {
    switch (op) {
    case comparator::equal:
        return " = ";
    case comparator::not_equal:
        return " <> ";
    case comparator::less:
        return " < ";
    case comparator::less_equal:
        return " <= ";
    case comparator::greater:
        return " > ";
    case comparator::greater_equal:
        return " >= ";
    case comparator::like:
        return " LIKE ";
    }
    return {};
}

/// " <column> <operator> $n"
constexpr void write_comparison(sql_writer& out, const column& compared, comparator op) {
    out.identifier(compared.name).put(spelling(op)).placeholder();
}

/// The value on the right of an operator, whatever it is compared with.
template <class Value> struct compared_value {
    Value value;

    void bind(parameter_writer& to) const { to.put(value); }
};

template <auto Member, comparator Op, class Value> struct comparison : compared_value<Value> {
    using record_type = member_class<Member>;
    using parameters = type_list<Value>;
    static constexpr bool is_condition = true;

    static constexpr void write(sql_writer& out) {
        write_comparison(out, view_of<record_type>[column_of_member<Member>], Op);
    }
};

template <auto Member, class Value, class Storage> struct membership {
    using record_type = member_class<Member>;
    using parameters = type_list<list_parameter<Value>>;
    static constexpr bool is_condition = true;

    Storage storage;

    static constexpr void write(sql_writer& out) {
        out.identifier(columns_of<record_type>[column_of_member<Member>].name).put(" = ANY(").placeholder().put(')');
    }
    void bind(parameter_writer& to) const {
        to.put(list_parameter<Value>{std::span<const Value>(std::data(storage), std::size(storage))});
    }
};

template <auto Member, bool Null> struct null_test {
    using record_type = member_class<Member>;
    using parameters = type_list<>;
    static constexpr bool is_condition = true;

    static constexpr void write(sql_writer& out) {
        out.identifier(columns_of<record_type>[column_of_member<Member>].name).put(Null ? " IS NULL" : " IS NOT NULL");
    }
    void bind(parameter_writer&) const {}
};

template <bool And, class Left, class Right> struct junction {
    using record_type = typename Left::record_type;
    using parameters = typename join_lists<typename Left::parameters, typename Right::parameters>::type;
    static constexpr bool is_condition = true;

    Left left;
    Right right;

    static constexpr void write(sql_writer& out) {
        out.put('(');
        Left::write(out);
        out.put(And ? " AND " : " OR ");
        Right::write(out);
        out.put(')');
    }
    void bind(parameter_writer& to) const {
        left.bind(to);
        right.bind(to);
    }
};

template <class Inner> struct negation {
    using record_type = typename Inner::record_type;
    using parameters = typename Inner::parameters;
    static constexpr bool is_condition = true;

    Inner inner;

    static constexpr void write(sql_writer& out) {
        out.put("NOT (");
        Inner::write(out);
        out.put(')');
    }
    void bind(parameter_writer& to) const { inner.bind(to); }
};

} // namespace detail
} // namespace pgrepo
