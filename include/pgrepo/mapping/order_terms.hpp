#pragma once

#include <pgrepo/reflect/fields.hpp>

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

} // namespace pgrepo
