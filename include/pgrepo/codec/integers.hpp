#pragma once

#include <pgrepo/codec/detail/fixed_width.hpp>
#include <pgrepo/codec/oids.hpp>

#include <string_view>

namespace pgrepo {
namespace detail {

template <class Int, std::size_t Width = sizeof(Int)> struct integer_codec;

template <class Int> struct integer_codec<Int, 2> : word_codec<Int, oids::int2, oids::int2_array> {
    static constexpr std::string_view type_name = "int2";
};
template <class Int> struct integer_codec<Int, 4> : word_codec<Int, oids::int4, oids::int4_array> {
    static constexpr std::string_view type_name = "int4";
};
template <class Int> struct integer_codec<Int, 8> : word_codec<Int, oids::int8, oids::int8_array> {
    static constexpr std::string_view type_name = "int8";
};

} // namespace detail

// By width: std::int64_t is `long` on one platform and `long long` on another, and both are int8 where they have
// 8 bytes. PostgreSQL has no unsigned integers and no integer of one byte, so those C++ types have no codec.
template <> struct codec<short> : detail::integer_codec<short> {};
template <> struct codec<int> : detail::integer_codec<int> {};
template <> struct codec<long> : detail::integer_codec<long> {};
template <> struct codec<long long> : detail::integer_codec<long long> {};

} // namespace pgrepo
