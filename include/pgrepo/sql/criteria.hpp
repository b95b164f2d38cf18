#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/mapping/record.hpp>
#include <pgrepo/sql/criteria_nodes.hpp>
#include <pgrepo/sql/operand.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgrepo {
namespace detail {

template <comparator Op, auto Member, class Given> constexpr auto compare(Given&& given) {
    using given_type = std::remove_cvref_t<Given>;
    constexpr bool fits = fits_operand<column_value<Member>, given_type>;
    static_assert(unless<fits, operand_check<Member, given_type>>::said);
    if constexpr (fits) {
        using value = operand_type<Member, Given>;
        return criterion<comparison<Member, Op, value>>{{{value(std::forward<Given>(given))}}};
    } else {
        return criterion<broken<member_class<Member>>>{};
    }
}

/// A LIKE pattern in which `text` stands for itself. `\` is LIKE's escape unless a statement says otherwise, so no ESCAPE
/// clause is written: as a literal it would depend on standard_conforming_strings.
PGREPO_DECL std::string like_pattern(std::string_view before, std::string_view text, std::string_view after);

} // namespace detail

/// A column in a criterion: `col<&UserRecord::status> == UserStatus::active`. Stands on the left; the value on the right
/// is checked against the field's type, always bound as a parameter, and an rvalue string is owned.
template <auto Member> struct column_expression {
    using record_type = detail::member_class<Member>;

    /// In a list: `= ANY($n)`, one parameter for any number of values. An empty list matches nothing.
    template <class Value> [[nodiscard]] auto in(std::initializer_list<Value> values) const {
        return in(std::vector<Value>(values));
    }
    /// The same of a range; an lvalue is viewed until the call returns, an rvalue is owned.
    template <class Range> [[nodiscard]] auto in(Range&& range) const {
        using value = std::remove_cvref_t<decltype(*std::data(range))>;
        static_assert(detail::unless<detail::is_operand<Member, value>, detail::operand_check<Member, value>>::said);
        if constexpr (detail::is_operand<Member, value>) {
            static_assert(detail::list_check<value>::said);
            using storage = std::conditional_t<std::is_lvalue_reference_v<Range>, std::span<const value>,
                                               std::remove_cvref_t<Range>>;
            if constexpr (detail::type_has_array_type<value>)
                return criterion<detail::membership<Member, value, storage>>{{storage(std::forward<Range>(range))}};
            else
                return criterion<detail::broken<record_type>>{};
        } else {
            return criterion<detail::broken<record_type>>{};
        }
    }
    /// SQL LIKE: `%` any text, `_` any character, `\` takes the next one as it is.
    template <class Pattern> [[nodiscard]] auto like(Pattern&& pattern) const {
        static_assert(detail::unless<detail::is_text_column<Member>, detail::like_check<Member>>::said);
        if constexpr (detail::is_text_column<Member>)
            return detail::compare<detail::comparator::like, Member>(std::forward<Pattern>(pattern));
        else
            return criterion<detail::broken<record_type>>{};
    }
    /// The text as it is, wherever it begins the column's: `%`, `_` and `\` in it stand for themselves.
    [[nodiscard]] auto starts_with(std::string_view text) const { return like(detail::like_pattern("", text, "%")); }
    /// The same, wherever it ends it.
    [[nodiscard]] auto ends_with(std::string_view text) const { return like(detail::like_pattern("%", text, "")); }
    /// The same, wherever it is in it.
    [[nodiscard]] auto contains(std::string_view text) const { return like(detail::like_pattern("%", text, "%")); }
    [[nodiscard]] constexpr auto is_null() const { return null_test<true>(); }
    [[nodiscard]] constexpr auto is_not_null() const { return null_test<false>(); }

private:
    template <bool Null> static constexpr auto null_test() {
        static_assert(detail::unless<detail::is_nullable_column<Member>, detail::null_test_check<Member>>::said);
        if constexpr (detail::is_nullable_column<Member>)
            return criterion<detail::null_test<Member, Null>>{};
        else
            return criterion<detail::broken<record_type>>{};
    }
};

template <auto Member> inline constexpr column_expression<Member> col{};

// Only the right side is free, and it is checked inside: a constrained overload set would print every operator in scope
// where one worded sentence is wanted.
template <auto Member, class Value> [[nodiscard]] constexpr auto operator==(column_expression<Member>, Value&& value) {
    return detail::compare<detail::comparator::equal, Member>(std::forward<Value>(value));
}
template <auto Member, class Value> [[nodiscard]] constexpr auto operator!=(column_expression<Member>, Value&& value) {
    return detail::compare<detail::comparator::not_equal, Member>(std::forward<Value>(value));
}
template <auto Member, class Value> [[nodiscard]] constexpr auto operator<(column_expression<Member>, Value&& value) {
    return detail::compare<detail::comparator::less, Member>(std::forward<Value>(value));
}
template <auto Member, class Value> [[nodiscard]] constexpr auto operator<=(column_expression<Member>, Value&& value) {
    return detail::compare<detail::comparator::less_equal, Member>(std::forward<Value>(value));
}
template <auto Member, class Value> [[nodiscard]] constexpr auto operator>(column_expression<Member>, Value&& value) {
    return detail::compare<detail::comparator::greater, Member>(std::forward<Value>(value));
}
template <auto Member, class Value> [[nodiscard]] constexpr auto operator>=(column_expression<Member>, Value&& value) {
    return detail::compare<detail::comparator::greater_equal, Member>(std::forward<Value>(value));
}

template <class Left, class Right>
[[nodiscard]] constexpr auto operator&&(criterion<Left> left, criterion<Right> right) {
    using left_record = typename Left::record_type;
    using right_record = typename Right::record_type;
    constexpr bool same = std::is_same_v<left_record, right_record>;
    static_assert(detail::unless<same, detail::same_record_check<left_record, right_record>>::said);
    if constexpr (same)
        return criterion<detail::junction<true, Left, Right>>{{std::move(left.node), std::move(right.node)}};
    else
        return criterion<detail::broken<typename Left::record_type>>{};
}
template <class Left, class Right>
[[nodiscard]] constexpr auto operator||(criterion<Left> left, criterion<Right> right) {
    using left_record = typename Left::record_type;
    using right_record = typename Right::record_type;
    constexpr bool same = std::is_same_v<left_record, right_record>;
    static_assert(detail::unless<same, detail::same_record_check<left_record, right_record>>::said);
    if constexpr (same)
        return criterion<detail::junction<false, Left, Right>>{{std::move(left.node), std::move(right.node)}};
    else
        return criterion<detail::broken<typename Left::record_type>>{};
}
template <class Node> [[nodiscard]] constexpr auto operator!(criterion<Node> inner) {
    return criterion<detail::negation<Node>>{{std::move(inner.node)}};
}

} // namespace pgrepo

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/sql/impl/criteria.ipp>
#endif
