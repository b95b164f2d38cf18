#pragma once

#include <pgrepo/mapping/record.hpp>
#include <pgrepo/sql/sql_writer.hpp>

#include <string_view>

namespace pgrepo {

/// One column to sort by.
template <auto Member, bool Descending> struct order_term {
    using record_type = detail::member_class<Member>;
    static constexpr auto member = Member;
    static constexpr bool descending = Descending;
};
template <auto Member> inline constexpr order_term<Member, false> asc{};
template <auto Member> inline constexpr order_term<Member, true> desc{};

/// Terms in their order of weight. NULLs come last ascending and first descending, as PostgreSQL has it.
template <class... Terms> struct ordering {};

/// `order_by(desc<&UserRecord::created_at>, asc<&UserRecord::email>)`
template <auto... Members, bool... Descending>
[[nodiscard]] constexpr auto order_by(order_term<Members, Descending>...) noexcept {
    return ordering<order_term<Members, Descending>...>{};
}

namespace detail {

template <class Record, class Term>
inline constexpr bool orders_record = std::is_same_v<typename Term::record_type, Record>;

/// Writes terms; with `tie_break` the primary key follows, so that rows that are equal otherwise keep one order from
/// page to page.
template <class Record, class... Terms>
constexpr bool write_order(sql_writer& out, ordering<Terms...>, bool tie_break, std::string_view qualifier = {}) {
    std::string_view glue = " ORDER BY ";
    const auto term = [&](std::string_view column_name, bool descending) {
        out.put(glue);
        if (!qualifier.empty()) out.put(qualifier).put('.');
        out.identifier(column_name);
        if (descending) out.put(" DESC");
        glue = ", ";
    };
    (term(columns_of<Record>[member_index<Terms::member>].name, Terms::descending), ...);
    if (tie_break)
        for (const column& c : columns_of<Record>)
            if (c.key && !((member_index<Terms::member> == c.field) || ...)) term(c.name, false);
    return glue != " ORDER BY ";
}

} // namespace detail
} // namespace pgrepo
