#pragma once

#include <cstddef>

namespace pgrepo::detail {

template <class... Types> struct type_list {};
template <class List> inline constexpr std::size_t list_size = 0;
template <class... Types> inline constexpr std::size_t list_size<type_list<Types...>> = sizeof...(Types);

template <class A, class B> struct join_lists;
template <class... A, class... B> struct join_lists<type_list<A...>, type_list<B...>> {
    using type = type_list<A..., B...>;
};

} // namespace pgrepo::detail
