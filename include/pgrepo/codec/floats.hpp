#pragma once

#include <pgrepo/codec/detail/fixed_width.hpp>
#include <pgrepo/codec/oids.hpp>

#include <limits>
#include <string_view>

namespace pgrepo {

static_assert(std::numeric_limits<float>::is_iec559 && std::numeric_limits<double>::is_iec559,
              "pgrepo: [floating_point] PostgreSQL sends IEEE 754 numbers, and this platform has others");

/// `float` is real. Every bit travels: NaN, infinities, -0 and denormals come back as they went.
template <> struct codec<float> : detail::word_codec<float, oids::float4, oids::float4_array> {
    static constexpr std::string_view type_name = "float4";
};

/// `double` is double precision. Every bit travels, as for `float`.
template <> struct codec<double> : detail::word_codec<double, oids::float8, oids::float8_array> {
    static constexpr std::string_view type_name = "float8";
};

} // namespace pgrepo
