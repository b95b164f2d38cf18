// timestamptz, timestamp and date: bytes and texts as PostgreSQL 15 gives them, every extreme, std::chrono both ways.
#include "codec_bytes.hpp"

#include <pgrepo/codec/date.hpp>
#include <pgrepo/codec/timestamp.hpp>
#include <pgrepo/codec/timestamptz.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <ratio>
#include <string>
#include <type_traits>

using namespace codec_test;
using namespace std::chrono;
using pgrepo::date;
using pgrepo::error_kind;
using pgrepo::timestamp;
using pgrepo::timestamptz;

namespace {

template <class Function> void throws(error_kind kind, Function&& function) {
    BOOST_CHECK_EXCEPTION(function(), pgrepo::error, [kind](const pgrepo::error& e) { return e.kind() == kind; });
}

template <class Duration> constexpr timestamptz since_1970(Duration span) {
    return timestamptz(time_point<system_clock, Duration>(span));
}

struct vector {
    const char* text;
    const char* hex;
};

// SET timezone = 'UTC'; SELECT v::timestamptz, encode(timestamptz_send(v::timestamptz), 'hex')
constexpr vector moments[] = {
    {"infinity", "7fffffffffffffff"},
    {"-infinity", "8000000000000000"},
    {"2000-01-01 00:00:00+00", "0000000000000000"},
    {"1970-01-01 00:00:00+00", "fffca2fec4c82000"},
    {"2026-11-23 18:00:00.123456+00", "000303f421900a40"},
    {"2026-11-23 18:00:00.5+00", "000303f42195c920"},
    {"2026-11-23 00:00:00.000001+00", "000303e50b2ca001"},
    {"2026-11-23 00:00:00.1+00", "000303e50b2e26a0"},
    {"1999-12-31 23:59:59.999999+00", "ffffffffffffffff"},
    {"1969-12-31 23:59:59.999999+00", "fffca2fec4c81fff"},
    {"4713-01-01 00:00:00+00 BC", "fd0f7fbdaf17e000"},
    {"4714-11-24 00:00:00+00 BC", "fd0f7cc1411fa000"},
    {"294276-12-31 23:59:59.999999+00", "7fffff5bb3b29fff"},
    {"294247-01-10 04:00:54.775807+00", "7ffca2fec4c81fff"},
    {"0001-01-01 00:00:00+00", "ff1fe2ffc59c6000"},
    {"0001-12-31 23:59:59+00 BC", "ff1fe2ffc58d1dc0"},
    {"2000-02-29 12:00:00+00", "000004acef8ed000"},
    {"0005-02-29 00:00:00+00 BC", "ff1f5811ae2d6000"},
    {"10000-01-01 00:00:00+00", "0380e70b913b8000"},
};

// SELECT v::timestamp, encode(timestamp_send(v::timestamp), 'hex')
constexpr vector local_moments[] = {
    {"infinity", "7fffffffffffffff"},
    {"-infinity", "8000000000000000"},
    {"2000-01-01 00:00:00", "0000000000000000"},
    {"2026-11-23 18:00:00.123456", "000303f421900a40"},
    {"4714-11-24 00:00:00 BC", "fd0f7cc1411fa000"},
    {"294276-12-31 23:59:59.999999", "7fffff5bb3b29fff"},
    {"0044-03-15 12:30:00 BC", "ff1af9e96690a200"},
};

// SELECT v::date, encode(date_send(v::date), 'hex')
constexpr vector days_as_sent[] = {
    {"infinity", "7fffffff"},      {"-infinity", "80000000"},     {"2000-01-01", "00000000"},
    {"1970-01-01", "ffffd533"},    {"1999-12-31", "ffffffff"},    {"2026-11-23", "0000265f"},
    {"4714-11-24 BC", "ffda97a7"}, {"5874897-12-31", "7fda970c"}, {"0044-03-15 BC", "fff49d7b"},
    {"0005-02-29 BC", "fff4d511"}, {"0001-01-01", "fff4dbf9"},    {"0001-12-31 BC", "fff4dbf8"},
    {"32767-12-31", "00ab7994"},   {"32768-01-01", "00ab7995"},   {"10000-01-01", "002c95d4"},
    {"1900-02-28", "ffff718e"},    {"2000-02-29", "0000003b"},    {"2100-03-01", "00008ee8"},
};

template <class T, std::size_t N> void as_sent(const vector (&vectors)[N]) {
    for (const auto& [text, expected] : vectors) {
        const T value = read<T>(expected);
        BOOST_TEST(to_string(value) == text);
        BOOST_TEST(wire(value) == expected);
        BOOST_TEST(value.is_finite() == (std::string_view(text).find("infinity") == std::string_view::npos));
    }
}

constexpr std::int64_t first_count = -211'813'488'000'000'000;
constexpr std::int64_t last_count = 9'223'371'331'199'999'999;
constexpr std::int64_t unix_epoch = -946'684'800'000'000;

// All of it works when compiled.
static_assert(timestamptz().count() == 0 && date().count() == 0);
static_assert(timestamptz(sys_days(year(1970) / 1 / 1)).count() == unix_epoch);
static_assert(timestamptz::infinity() > timestamptz::from_count(last_count));
static_assert(timestamptz::negative_infinity() < timestamptz::from_count(first_count));
static_assert(date(year(1970) / 1 / 1).count() == -10957);
static_assert(timestamptz(sys_seconds(1s)) + 1us - sys_seconds(1s) == 1us);

// Implicit where nothing is lost.
static_assert(std::is_convertible_v<sys_days, timestamptz> &&
              std::is_convertible_v<sys_time<microseconds>, timestamptz>);
static_assert(!std::is_convertible_v<sys_time<nanoseconds>, timestamptz>);
static_assert(std::is_constructible_v<timestamptz, sys_time<nanoseconds>>);
static_assert(!std::is_convertible_v<sys_time<duration<double>>, timestamptz>);
static_assert(std::is_convertible_v<local_seconds, timestamp> && !std::is_constructible_v<timestamp, sys_seconds>);
static_assert(!std::is_constructible_v<timestamptz, local_seconds> && !std::is_constructible_v<timestamptz, timestamp>);
static_assert(std::is_trivially_copyable_v<timestamptz> && sizeof(timestamptz) == 8 && sizeof(date) == 4);

} // namespace

BOOST_AUTO_TEST_CASE(bytes_and_texts_as_sent) { // B11 to B13
    as_sent<timestamptz>(moments);
    as_sent<timestamp>(local_moments);
    as_sent<date>(days_as_sent);
    refuses_other_sizes<timestamptz>(8);
    refuses_other_sizes<timestamp>(8);
    refuses_other_sizes<date>(4);
}

BOOST_AUTO_TEST_CASE(infinities) {
    BOOST_TEST((read<timestamptz>("7fffffffffffffff") == timestamptz::infinity()));
    BOOST_TEST((read<timestamptz>("8000000000000000") == timestamptz::negative_infinity()));
    throws(error_kind::decode, [] { (void)timestamptz::infinity().to_sys_time(); });
    throws(error_kind::decode, [] { (void)timestamptz::negative_infinity().to_sys_time(); });
    throws(error_kind::decode, [] { (void)timestamp::infinity().to_local_time(); });
    throws(error_kind::decode, [] { (void)date::infinity().to_sys_days(); });
    throws(error_kind::decode, [] { (void)date::negative_infinity().to_year_month_day(); });
    BOOST_TEST((timestamptz::infinity() + hours(1) == timestamptz::infinity()));
    BOOST_TEST((timestamptz::negative_infinity() + microseconds::max() == timestamptz::negative_infinity()));
    throws(error_kind::usage, [] { (void)(timestamptz::infinity() - timestamptz()); });
}

BOOST_AUTO_TEST_CASE(what_no_server_sends_is_refused) {
    for (const char* outside : {"7ffffffffffffffe", "7fffff5bb3b2a000", "fd0f7cc1411f9fff", "8000000000000001"}) {
        BOOST_TEST(!refusal<timestamptz>(outside).empty());
        BOOST_TEST(!refusal<timestamp>(outside).empty());
    }
    for (const char* outside : {"7ffffffe", "7fda970d", "ffda97a6", "80000001"})
        BOOST_TEST(!refusal<date>(outside).empty());
    throws(error_kind::encode, [] { (void)timestamptz::from_count(last_count + 1); });
    throws(error_kind::encode, [] { (void)timestamptz::from_count(first_count - 1); });
    throws(error_kind::encode, [] { (void)date::from_count(2'145'031'949); });
    throws(error_kind::encode, [] { (void)date::from_count(-2'451'546); });
}

BOOST_AUTO_TEST_CASE(from_chrono_rounds_down) { // B14
    const auto count = [](auto span) { return since_1970(span).count() - unix_epoch; };
    BOOST_TEST(count(1ns) == 0);
    BOOST_TEST(count(999ns) == 0);
    BOOST_TEST(count(1000ns) == 1);
    BOOST_TEST(count(-1ns) == -1);
    BOOST_TEST(count(-1000ns) == -1);
    BOOST_TEST(count(-1001ns) == -2);
    BOOST_TEST(count(duration<double>(1.5)) == 1'500'000);
    BOOST_TEST(count(duration<double>(-0.0000005)) == -1);
    BOOST_TEST(count(duration<std::int64_t, std::ratio<1, 3>>(1)) == 333'333);
    BOOST_TEST(count(duration<std::int64_t, std::ratio<1, 3>>(-1)) == -333'334);
    BOOST_TEST(count(duration<std::int32_t, std::ratio<2, 3>>(4)) == 2'666'666);
    BOOST_TEST(count(days(1)) == 86'400'000'000);
    BOOST_TEST(count(weeks(-1)) == -7 * 86'400'000'000);
    BOOST_TEST(count(years(1)) == 31'556'952'000'000);
    // The nanosecond clock's ends, 1677 and 2262.
    BOOST_TEST(count(nanoseconds::max()) == 9'223'372'036'854'775);
    BOOST_TEST(count(nanoseconds::min()) == -9'223'372'036'854'776);
}

BOOST_AUTO_TEST_CASE(from_chrono_checks_the_range) {
    const auto made = [](auto span) { return since_1970(span); };
    // The server's range ends later than microseconds of int64 since 1970, and coarser clocks reach there.
    BOOST_TEST(to_string(made(microseconds::max())) == "294247-01-10 04:00:54.775807+00");
    BOOST_TEST(to_string(made(seconds(9'224'318'015'999))) == "294276-12-31 23:59:59+00");
    throws(error_kind::encode, [&] { (void)made(seconds(9'224'318'016'000)); });
    BOOST_TEST(to_string(made(seconds(-210'866'803'200))) == "4714-11-24 00:00:00+00 BC");
    throws(error_kind::encode, [&] { (void)made(seconds(-210'866'803'201)); });
    throws(error_kind::encode, [&] { (void)made(microseconds::min()); });
    throws(error_kind::encode, [&] { (void)made(milliseconds::max()); });
    throws(error_kind::encode, [&] { (void)made(milliseconds::min()); });
    throws(error_kind::encode, [&] { (void)made(seconds::max()); });
    throws(error_kind::encode, [&] { (void)made(seconds::min()); });
    throws(error_kind::encode, [&] { (void)made(hours(hours::max())); });
    throws(error_kind::encode, [&] { (void)made(duration<std::int64_t, std::ratio<31'556'952>>::max()); });
    throws(error_kind::encode, [&] { (void)made(duration<std::int64_t, std::ratio<31'556'952>>::min()); });
    throws(error_kind::encode, [&] { (void)made(days::max()); });
    for (const double no : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(), 1e300, -1e300, 9.3e12, -2.2e11})
        throws(error_kind::encode, [&] { (void)made(duration<double>(no)); });
    throws(error_kind::encode, [] { (void)timestamp(local_time<seconds>(seconds::max())); });
}

BOOST_AUTO_TEST_CASE(to_chrono_and_back) {
    std::mt19937_64 random(5);
    std::uniform_int_distribution<std::int64_t> in_range(first_count,
                                                         std::numeric_limits<std::int64_t>::max() + unix_epoch);
    for (int i = 0; i < 10'000; ++i) {
        const timestamptz at = timestamptz::from_count(in_range(random));
        BOOST_TEST_REQUIRE((timestamptz(at.to_sys_time()) == at));
        BOOST_TEST_REQUIRE((read<timestamptz>(wire(at)) == at));
        const timestamp local = timestamp::from_count(at.count());
        BOOST_TEST_REQUIRE((timestamp(local.to_local_time()) == local));
        BOOST_TEST_REQUIRE(to_string(local) + (to_string(local).ends_with(" BC") ? "" : "+00") ==
                           (to_string(local).ends_with(" BC") ? to_string(local) : to_string(at)));
    }
    throws(error_kind::decode, [] { (void)timestamptz::from_count(last_count).to_sys_time(); });
    const auto last_in_chrono = timestamptz::from_count(std::numeric_limits<std::int64_t>::max() + unix_epoch);
    BOOST_TEST((last_in_chrono.to_sys_time().time_since_epoch() == microseconds::max()));
    throws(error_kind::decode, [&] { (void)(last_in_chrono + 1us).to_sys_time(); });
}

BOOST_AUTO_TEST_CASE(arithmetic_is_checked) {
    const timestamptz begin = timestamptz::from_count(first_count);
    const timestamptz end = timestamptz::from_count(last_count);
    BOOST_TEST((timestamptz() + 1s).count() == 1'000'000);
    BOOST_TEST((timestamptz() + -1us).count() == -1);
    BOOST_TEST((end + 0us == end));
    throws(error_kind::encode, [&] { (void)(end + 1us); });
    throws(error_kind::encode, [&] { (void)(begin + -1us); });
    throws(error_kind::encode, [&] { (void)(end + microseconds::max()); });
    throws(error_kind::encode, [&] { (void)(begin + microseconds::min()); });
    throws(error_kind::encode, [&] { (void)(timestamptz() + microseconds::max()); });
    BOOST_TEST((end + microseconds::min()).count() == -705'654'775'809);
    BOOST_TEST((begin + microseconds(last_count)).count() == last_count + first_count);
    throws(error_kind::usage, [&] { (void)(end - begin); });
    BOOST_TEST((begin - timestamptz()).count() == first_count);
    BOOST_TEST((end - timestamptz::from_count(1)).count() == last_count - 1);
    BOOST_TEST((timestamptz(sys_seconds(10s)) - sys_seconds(4s) == 6s));
}

BOOST_AUTO_TEST_CASE(comparison_with_chrono) {
    const timestamptz at = sys_days(year(2026) / 11 / 23);
    BOOST_TEST((at == sys_days(year(2026) / 11 / 23)));
    BOOST_TEST((at < sys_days(year(2026) / 11 / 24)));
    BOOST_TEST((timestamptz::infinity() > at && timestamptz::negative_infinity() < at));
    const auto before = system_clock::now();
    const timestamptz now = pgrepo::now();
    BOOST_TEST((timestamptz(before) <= now && now < timestamptz(before) + 1h));
    BOOST_TEST((now.count() % 1'000'000 != 0 || pgrepo::now().count() % 1'000'000 != 0));
}

BOOST_AUTO_TEST_CASE(dates) {
    BOOST_TEST(to_string(date(year(2026) / 11 / 23)) == "2026-11-23");
    BOOST_TEST(to_string(date(year(-43) / 3 / 15)) == "0044-03-15 BC");
    BOOST_TEST((date(year_month_day(year(2024) / 2 / std::chrono::last)).to_year_month_day() == year(2024) / 2 / 29));
    BOOST_TEST((date(sys_days(days(1))) == date(local_days(days(1)))));
    throws(error_kind::encode, [] { (void)date(year(2023) / 2 / 29); });
    throws(error_kind::encode, [] { (void)date(year_month_day(year(2023), month(13), day(1))); });
    throws(error_kind::encode, [] { (void)date(year(-32767) / 1 / 1); });
    throws(error_kind::encode, [] { (void)date(sys_days(days::max())); });
    throws(error_kind::encode, [] { (void)date(sys_days(days::min())); });
    BOOST_TEST((date::from_count(2'145'031'948).to_sys_days().time_since_epoch() == days(2'145'042'905)));
    throws(error_kind::decode, [] { (void)date(read<date>("00ab7995")).to_year_month_day(); }); // 32768-01-01
    BOOST_TEST((read<date>("00ab7994").to_year_month_day() == year(32767) / 12 / 31));
    // Our calendar against the standard library's, where that reaches.
    for (std::int32_t count = -2'451'545; count < 5'000'000; count += 37) {
        const date day = date::from_count(count);
        BOOST_TEST_REQUIRE((day.to_year_month_day() == year_month_day(day.to_sys_days())));
        BOOST_TEST_REQUIRE((date(day.to_year_month_day()) == day));
    }
}
