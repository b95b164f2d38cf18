// B37: PostgreSQL cuts a name off after 63 bytes, so that two of them may become one; a longer one does not compile.
// The sentences are in compile_fail.identifier_too_long and compile_fail.table_name; here are the limits to the byte.
#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/mapping/record.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string_view>

using pgrepo::columns_of;
using pgrepo::table_of;
using pgrepo::detail::is_record;

namespace {

template <pgrepo::fixed_string Name> struct Named {
    std::int32_t id{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<Name>, pgrepo::primary_key<&Named::id>>;
};

#define TEN "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define BYTES_20 "öööööööööö"
#define BYTES_60 BYTES_20 BYTES_20 BYTES_20

static_assert(std::string_view(BYTES_60).size() == 60);

struct Fits {
    bool a23456789_b23456789_c23456789_d23456789_e23456789_f23456789_123{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"t">>;
};
struct TooLong {
    bool a23456789_b23456789_c23456789_d23456789_e23456789_f23456789_1234{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"t">>;
};
struct TooLongTheSecond {
    bool id{};
    bool a23456789_b23456789_c23456789_d23456789_e23456789_f23456789_1234{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"t">>;
};
struct FitsInUtf8 { // 31 letters of two bytes and one of one
    bool öööööööööööööööööööööööööööööööx{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"t">>;
};
struct TooLongInUtf8 { // 32 letters
    bool öööööööööööööööööööööööööööööööö{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"t">>;
};

} // namespace

BOOST_AUTO_TEST_SUITE(B37)

BOOST_AUTO_TEST_CASE(a_table_has_at_most_63_bytes) {
    static_assert(is_record<Named<SIXTY "123">>);
    static_assert(!is_record<Named<SIXTY "1234">>);
    static_assert(!is_record<Named<SIXTY SIXTY SIXTY>>);
    BOOST_TEST(table_of<Named<SIXTY "123">>.size() == 63U);
}

BOOST_AUTO_TEST_CASE(so_has_each_part_of_a_name_with_a_schema) {
    static_assert(is_record<Named<SIXTY "123." SIXTY "123">>);
    static_assert(!is_record<Named<SIXTY "1234." SIXTY "123">>);
    static_assert(!is_record<Named<SIXTY "123." SIXTY "1234">>);
    static_assert(is_record<Named<"a." SIXTY "123">> && is_record<Named<SIXTY "123.a">>);
    BOOST_TEST((table_of<Named<SIXTY "123." SIXTY "123">>.size() == 127U));
}

BOOST_AUTO_TEST_CASE(bytes_are_counted_and_not_characters) {
    static_assert(is_record<Named<BYTES_60 "123">>);
    static_assert(is_record<Named<BYTES_60 "ö1">>);
    static_assert(!is_record<Named<BYTES_60 "öö">>); // 32 characters, 64 bytes
    static_assert(is_record<Named<"\xF0\x9F\x98\x80" TEN TEN TEN TEN TEN "123456789">>);
    static_assert(!is_record<Named<"\xF0\x9F\x98\x80" SIXTY>>);
    // a quote is doubled in SQL and one byte in the catalogue
    static_assert(is_record<Named<"\"\"\"" SIXTY>>);
    static_assert(!is_record<Named<"\"\"\"\"" SIXTY>>);
    BOOST_TEST(table_of<Named<BYTES_60 "ö1">>.size() == 63U);
}

BOOST_AUTO_TEST_CASE(so_are_those_of_a_column) {
    static_assert(is_record<Fits> && is_record<FitsInUtf8>);
    static_assert(!is_record<TooLong> && !is_record<TooLongTheSecond> && !is_record<TooLongInUtf8>);
    BOOST_TEST(columns_of<Fits>[0].name.size() == 63U);
    BOOST_TEST(columns_of<FitsInUtf8>[0].name.size() == 63U);
}

BOOST_AUTO_TEST_SUITE_END()
