// A codec for a type of yours: the example that the documentation shows.
#include "codec_bytes.hpp"

#include <pgrepo/codec/codecs.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

// [user_codec]
// Cents in the program, an int8 column in the database. One specialisation makes Money a field of records,
// a parameter and a value of criteria; what it does not write itself it takes from the codec of int8.
struct Money {
    std::int64_t cents = 0;

    friend bool operator==(const Money&, const Money&) = default;
};

template <> struct pgrepo::codec<Money> {
    using number = pgrepo::codec<std::int64_t>;

    static constexpr std::string_view type_name = number::type_name;
    static constexpr pgrepo::oid parameter_type = number::parameter_type;
    static constexpr pgrepo::oid array_type = number::array_type;
    static constexpr bool reads(pgrepo::oid type) { return number::reads(type); }

    using room = number::room;
    static encoded encode(const Money& value, room& out) { return number::encode(value.cents, out); }
    static decoded decode(cell from, Money& to) { return number::decode(from, to.cents); }
};
// [/user_codec]

static_assert(pgrepo::Encodable<Money> && pgrepo::Decodable<Money>);
static_assert(pgrepo::codec<Money>::reads(pgrepo::oids::int8) && !pgrepo::codec<Money>::reads(pgrepo::oids::int4));

using namespace codec_test;

BOOST_AUTO_TEST_CASE(money_travels_as_int8) {
    BOOST_TEST(wire(Money{1999}) == "00000000000007cf");
    BOOST_TEST((read<Money>("00000000000007cf") == Money{1999}));
    BOOST_TEST((read<Money>(wire(Money{std::numeric_limits<std::int64_t>::min()})).cents ==
                std::numeric_limits<std::int64_t>::min()));
    refuses_other_sizes<Money>(8);
}
