// Bytes of booleans, numbers, texts and byte strings, as PostgreSQL 15 sends them.
#include "codec_bytes.hpp"

#include <pgrepo/codec/codecs.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

using namespace codec_test;
using namespace std::string_literals;

namespace {

template <class T> struct vector {
    T value;
    const char* hex;
};

template <class T, std::size_t N> void both_ways(const vector<T> (&vectors)[N]) {
    for (const auto& [value, expected] : vectors) {
        BOOST_TEST(wire(value) == expected);
        BOOST_TEST(read<T>(expected) == value);
    }
}

template <class T> void random_round_trips() {
    std::mt19937_64 random(7);
    for (int i = 0; i < 10'000; ++i) {
        const T value = static_cast<T>(random());
        BOOST_TEST_REQUIRE(read<T>(wire(value)) == value);
    }
}

template <class Bits, class Float> void same_bits(std::initializer_list<vector<Float>> vectors) {
    for (const auto& [value, expected] : vectors) {
        BOOST_TEST(wire(value) == expected);
        BOOST_TEST(std::bit_cast<Bits>(read<Float>(expected)) == std::bit_cast<Bits>(value));
    }
    std::mt19937_64 random(11);
    for (int i = 0; i < 10'000; ++i) {
        const auto bits = static_cast<Bits>(random());
        BOOST_TEST_REQUIRE(std::bit_cast<Bits>(read<Float>(wire(std::bit_cast<Float>(bits)))) == bits);
    }
}

} // namespace

// SELECT encode(boolsend(true), 'hex')
BOOST_AUTO_TEST_CASE(boolean) {
    both_ways<bool>({{true, "01"}, {false, "00"}});
    refuses_other_sizes<bool>(1);
    // B31: the server takes any byte for true; here a damaged or text-format value ('t' is 74) is told.
    for (const char* other : {"02", "74", "66", "ff", "80"})
        BOOST_TEST(refusal<bool>(other) == "the byte of a boolean is neither 0 nor 1");
}

// SELECT encode(int2send(v), 'hex'), and int4send, int8send
BOOST_AUTO_TEST_CASE(integers) {
    both_ways<std::int16_t>({{0, "0000"}, {1, "0001"}, {-1, "ffff"}, {32767, "7fff"}, {-32768, "8000"}, {258, "0102"}});
    both_ways<std::int32_t>({{0, "00000000"},
                             {1, "00000001"},
                             {-1, "ffffffff"},
                             {2147483647, "7fffffff"},
                             {std::numeric_limits<std::int32_t>::min(), "80000000"},
                             {16909060, "01020304"}});
    both_ways<std::int64_t>({{0, "0000000000000000"},
                             {1, "0000000000000001"},
                             {-1, "ffffffffffffffff"},
                             {std::numeric_limits<std::int64_t>::max(), "7fffffffffffffff"},
                             {std::numeric_limits<std::int64_t>::min(), "8000000000000000"},
                             {72623859790382856, "0102030405060708"}});
    refuses_other_sizes<std::int16_t>(2); // B20: no narrowing, no widening
    refuses_other_sizes<std::int32_t>(4);
    refuses_other_sizes<std::int64_t>(8);
    random_round_trips<std::int16_t>();
    random_round_trips<std::int32_t>();
    random_round_trips<std::int64_t>();
    random_round_trips<long>();
    random_round_trips<long long>();
    BOOST_TEST(wire(72623859790382856LL) == "0102030405060708");
}

// SELECT encode(float4send(v), 'hex'), and float8send. B18.
BOOST_AUTO_TEST_CASE(floats) {
    constexpr float inf4 = std::numeric_limits<float>::infinity();
    constexpr double inf8 = std::numeric_limits<double>::infinity();
    same_bits<std::uint32_t, float>({{0.0F, "00000000"},
                                     {-0.0F, "80000000"},
                                     {1.0F, "3f800000"},
                                     {-1.5F, "bfc00000"},
                                     {0.1F, "3dcccccd"},
                                     {std::numeric_limits<float>::quiet_NaN(), "7fc00000"},
                                     {inf4, "7f800000"},
                                     {-inf4, "ff800000"},
                                     {std::numeric_limits<float>::denorm_min(), "00000001"},
                                     {std::numeric_limits<float>::max(), "7f7fffff"}});
    same_bits<std::uint64_t, double>({{0.0, "0000000000000000"},
                                      {-0.0, "8000000000000000"},
                                      {1.0, "3ff0000000000000"},
                                      {-1.5, "bff8000000000000"},
                                      {0.1, "3fb999999999999a"},
                                      {std::numeric_limits<double>::quiet_NaN(), "7ff8000000000000"},
                                      {inf8, "7ff0000000000000"},
                                      {-inf8, "fff0000000000000"},
                                      {std::numeric_limits<double>::denorm_min(), "0000000000000001"},
                                      {std::numeric_limits<double>::max(), "7fefffffffffffff"}});
    refuses_other_sizes<float>(4);
    refuses_other_sizes<double>(8);
}

// SELECT encode(textsend('größe 🐘'), 'hex'), encode(bpcharsend('ab '::char(4)), 'hex')
BOOST_AUTO_TEST_CASE(text) {
    both_ways<std::string>({{"größe 🐘", "6772c3b6c39f6520f09f9098"}, {"", ""}, {"ab  ", "61622020"}, {"x", "78"}});
    BOOST_TEST(wire(std::string_view("users")) == "7573657273");
    BOOST_TEST(wire<const char*>("users") == "7573657273");
    // The value is viewed, not copied.
    const std::string value = "a text that is longer than any small buffer";
    pgrepo::no_room room;
    BOOST_TEST(pgrepo::codec<std::string>::encode(value, room).data == value.data());
    // What comes replaces what was there.
    std::string to = "something longer";
    const std::string came = "new";
    BOOST_TEST(pgrepo::codec<std::string>::decode(cell_of(came), to).ok());
    BOOST_TEST(to == "new");
}

BOOST_AUTO_TEST_CASE(empty_is_not_null) {
    BOOST_TEST(wire(std::string_view{}) == "");
    BOOST_TEST(wire(std::string{}) == "");
    BOOST_TEST(wire<const char*>("") == "");
    BOOST_TEST(wire(pgrepo::bytea{}) == "");
    BOOST_TEST(wire(std::span<const std::byte>{}) == "");
    BOOST_TEST(read<std::string>("").empty());
    BOOST_TEST(read<pgrepo::bytea>("").empty());
}

BOOST_AUTO_TEST_CASE(a_zero_byte_in_a_text_is_refused) { // B1
    for (const std::string& bad : {"\0"s, "a\0"s, "\0a"s, "ab\0cd"s}) {
        BOOST_TEST(wire(bad).find("zero byte") != std::string::npos);
        BOOST_TEST(wire(std::string_view(bad)).find("zero byte") != std::string::npos);
    }
    BOOST_TEST(wire<const char*>(nullptr).find("const char* is null") != std::string::npos);
}

// SELECT encode(byteasend('\x0001ff'), 'hex')
BOOST_AUTO_TEST_CASE(byte_strings) {
    const pgrepo::bytea value{std::byte{0}, std::byte{1}, std::byte{255}};
    BOOST_TEST(wire(value) == "0001ff");
    BOOST_TEST(wire(std::span<const std::byte>(value)) == "0001ff");
    BOOST_TEST((read<pgrepo::bytea>("0001ff") == value));
    std::mt19937 random(3);
    for (std::size_t size = 0; size < 300; ++size) {
        pgrepo::bytea all(size);
        for (std::byte& b : all) b = static_cast<std::byte>(random());
        BOOST_TEST_REQUIRE((read<pgrepo::bytea>(wire(all)) == all));
    }
}
