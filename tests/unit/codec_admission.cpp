// Which types are parameters, which are columns, and of what: the table is the documentation.
#include <pgrepo/codec/codecs.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using pgrepo::Decodable;
using pgrepo::Encodable;
namespace oids = pgrepo::oids;

template <class T>
concept Both = Encodable<T> && Decodable<T>;
template <class T>
concept ParameterOnly = Encodable<T> && !Decodable<T>;
template <class T>
concept Neither = !Encodable<T> && !Decodable<T>;

/// Sent as `Type`, and read from it and nothing else of the built-in types.
template <class T, pgrepo::oid Type, pgrepo::oid ArrayType> constexpr bool travels_as_only() {
    using codec = pgrepo::codec<T>;
    if (codec::parameter_type != Type || codec::array_type != ArrayType) return false;
    if (codec::type_name != oids::type_name(Type)) return false;
    for (pgrepo::oid other = 0; other < 5100; ++other)
        if (codec::reads(other) != (other == Type)) return false;
    return true;
}

static_assert(Both<bool> && travels_as_only<bool, oids::bool_, oids::bool_array>());
static_assert(Both<std::int16_t> && travels_as_only<std::int16_t, oids::int2, oids::int2_array>());
static_assert(Both<std::int32_t> && travels_as_only<std::int32_t, oids::int4, oids::int4_array>());
static_assert(Both<std::int64_t> && travels_as_only<std::int64_t, oids::int8, oids::int8_array>());
static_assert(Both<long> && pgrepo::codec<long>::parameter_type == (sizeof(long) == 8 ? oids::int8 : oids::int4));
static_assert(Both<long long> && travels_as_only<long long, oids::int8, oids::int8_array>());
static_assert(Both<float> && travels_as_only<float, oids::float4, oids::float4_array>());
static_assert(Both<double> && travels_as_only<double, oids::float8, oids::float8_array>());
static_assert(Both<pgrepo::bytea> && travels_as_only<pgrepo::bytea, oids::bytea, oids::bytea_array>());
static_assert(Both<pgrepo::uuid> && travels_as_only<pgrepo::uuid, oids::uuid, oids::uuid_array>());
static_assert(Both<pgrepo::date> && travels_as_only<pgrepo::date, oids::date, oids::date_array>());
static_assert(Both<pgrepo::timestamp> && travels_as_only<pgrepo::timestamp, oids::timestamp, oids::timestamp_array>());
static_assert(Both<pgrepo::timestamptz> &&
              travels_as_only<pgrepo::timestamptz, oids::timestamptz, oids::timestamptz_array>());

// A text also reads the types whose values are plain texts, and none that only looks like one.
using text = pgrepo::codec<std::string>;
static_assert(Both<std::string> && text::parameter_type == oids::text && text::array_type == oids::text_array);
static_assert(text::reads(oids::text) && text::reads(oids::varchar) && text::reads(oids::bpchar) &&
              text::reads(oids::name));
static_assert(!text::reads(oids::json) && !text::reads(oids::jsonb) && !text::reads(oids::xml) &&
              !text::reads(oids::char_));
static_assert(!text::reads(oids::uuid) && !text::reads(oids::bytea) && !text::reads(oids::unknown) && !text::reads(0));

// Views: parameters, never columns.
static_assert(ParameterOnly<std::string_view> && ParameterOnly<const char*>);
static_assert(ParameterOnly<std::span<const std::byte>>);

// PostgreSQL has no such type, or more than one that it could be.
static_assert(Neither<unsigned> && Neither<unsigned short> && Neither<unsigned long> && Neither<unsigned long long>);
static_assert(Neither<char> && Neither<signed char> && Neither<unsigned char> && Neither<std::byte>);
static_assert(Neither<char8_t> && Neither<char16_t> && Neither<char32_t> && Neither<wchar_t> && Neither<std::wstring>);
static_assert(Neither<long double> && Neither<void*> && Neither<char*> && Neither<std::nullptr_t>);
static_assert(Neither<std::span<std::byte>> && Neither<std::vector<char>>);
static_assert(Neither<std::chrono::system_clock::time_point> && Neither<std::chrono::year_month_day>);

BOOST_AUTO_TEST_CASE(the_table_was_checked_when_compiled) {
    BOOST_TEST(true);
}
