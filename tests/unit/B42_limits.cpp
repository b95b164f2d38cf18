// B42: limit and offset are unsigned numbers and parameters: no negative one compiles, no text does, none is spliced.
#include "support/recording_executor.hpp"

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

using pgrepo::col;
using pgrepo::page_request;
using pgrepo::total;

namespace {

struct Word {
    std::int32_t id{};
    std::string word;

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"words">, pgrepo::primary_key<&Word::id>>;
};

static_assert(std::is_same_v<decltype(page_request::limit), std::uint32_t>);
static_assert(std::is_same_v<decltype(page_request::offset), std::uint64_t>);

template <auto Number>
concept Limits = requires { page_request{.limit = Number}; };
template <auto Number>
concept Skips = requires { page_request{.offset = Number}; };
template <class Value>
concept LimitsBy = requires(Value value) { page_request{.limit = value}; };
template <class Value>
concept SkipsBy = requires(Value value) { page_request{.offset = value}; };

static_assert(Limits<0> && Limits<50> && Limits<4294967295> && Limits<50LL>);
static_assert(!Limits<-1> && !Limits<4294967296> && !Limits<-1LL> && !Limits<std::numeric_limits<int>::min()>);
static_assert(Skips<0> && Skips<18446744073709551615U>);
static_assert(!Skips<-1> && !Skips<std::numeric_limits<std::int64_t>::min()>);
static_assert(LimitsBy<std::uint32_t> && SkipsBy<std::uint64_t> && SkipsBy<std::uint32_t>);
static_assert(!LimitsBy<const char*> && !LimitsBy<std::string> && !LimitsBy<std::string_view>);
static_assert(!SkipsBy<const char*> && !SkipsBy<std::string> && !SkipsBy<std::string_view>);

std::string int8(std::uint64_t value) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xffU);
    return out;
}

struct fixture {
    test::recording_executor db{};
    pgrepo::table_repository<Word, test::recording_executor> words{db};

    /// What is sent for a page is bound as two int8, in binary, after the filter's own.
    void check(page_request request, std::uint64_t limit, const std::string& text) {
        (void)words.find_page(col<&Word::word> == "w", {}, request);
        BOOST_TEST(db.last.text == text);
        BOOST_REQUIRE(db.last.values.size() == 3U);
        BOOST_TEST(db.last.values[0].value() == "w");
        BOOST_TEST((db.last.values[1] == int8(limit)));
        BOOST_TEST((db.last.values[2] == int8(request.offset)));
        BOOST_TEST((db.last.types == std::vector<pgrepo::oid>{25, 20, 20}));
        BOOST_TEST((db.last.formats == std::vector<int>{1, 1, 1}));
    }
    std::string text_of(total counted) {
        (void)words.find_page(col<&Word::word> == "w", {}, {.total = counted});
        return db.last.text;
    }
};

constexpr auto huge = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

} // namespace

BOOST_FIXTURE_TEST_SUITE(B42, fixture)

BOOST_AUTO_TEST_CASE(any_number_is_bound_and_none_is_in_the_text) {
    const std::string counted = text_of(total::exact), uncounted = text_of(total::none);
    BOOST_TEST(counted != uncounted);
    for (const std::string& text : {counted, uncounted}) {
        BOOST_TEST(text.find("LIMIT $2 OFFSET $3") != text.npos);
        for (const char digit : std::string_view("4567890")) BOOST_TEST(text.find(digit) == text.npos);
    }
    for (const std::uint32_t limit : {0U, 1U, 50U, 2147483647U, 2147483648U, 4294967295U})
        for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{4294967296}, huge}) {
            check({.limit = limit, .offset = offset}, limit, counted);
            // one more is asked for, to see whether there is more: it must not wrap around
            check({.limit = limit, .offset = offset, .total = total::none}, std::uint64_t{limit} + 1, uncounted);
        }
}

BOOST_AUTO_TEST_CASE(an_offset_beyond_bigint_is_refused_before_anything_is_sent) {
    for (const std::uint64_t offset : {huge + 1, huge + 2, std::numeric_limits<std::uint64_t>::max()})
        for (const total counted : {total::exact, total::none}) {
            const int before = db.calls;
            const unsigned line = __LINE__ + 2;
            try {
                (void)words.find_page({.offset = offset, .total = counted});
                BOOST_ERROR("it was sent");
            } catch (const pgrepo::error& failure) {
                BOOST_TEST((failure.kind() == pgrepo::error_kind::encode));
                BOOST_TEST(failure.statement_id() == "words.find_page");
                BOOST_TEST(failure.where().line() == line);
            }
            BOOST_TEST(db.calls == before);
        }
}

BOOST_AUTO_TEST_SUITE_END()
