#include <pgrepo/base/statement_key.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace {

using pgrepo::make_statement_key;
using pgrepo::statement_key;
using types = std::vector<std::uint32_t>;

statement_key key(std::string_view text, const types& parameters = {}) {
    return make_statement_key(text, parameters);
}

// A view of exactly the elements that are named: those of a derived class lie further apart.
struct base {
    int number;
};
struct derived : base {
    int other;
};
using bases = pgrepo::array_view<base>;
static_assert(std::is_constructible_v<bases, std::vector<base>&> &&
              std::is_constructible_v<bases, const std::array<base, 2>&>);
static_assert(std::is_constructible_v<bases, std::span<const base>> && std::is_constructible_v<bases, std::span<base>>);
static_assert(!std::is_constructible_v<bases, std::vector<derived>&> &&
              !std::is_constructible_v<bases, std::vector<int>&>);
static_assert(!std::is_constructible_v<pgrepo::array_view<derived>, std::vector<base>&>);

// A constant where it is asked for in a constant.
constexpr std::array<std::uint32_t, 2> constant_types{25, 2950};
constexpr statement_key constant_key = make_statement_key("SELECT $1, $2", constant_types);
static_assert(constant_key == make_statement_key("SELECT $1, $2", constant_types));

} // namespace

BOOST_AUTO_TEST_CASE(the_same_at_compile_time_and_run_time) {
    std::string text = "SELECT $1, $2";
    BOOST_TEST((key(text, {25, 2950}) == constant_key));
}

BOOST_AUTO_TEST_CASE(text_and_types_both_count) {
    const statement_key base = key("SELECT $1", {25});
    BOOST_TEST((key("SELECT $1", {25}) == base));
    BOOST_TEST(!(key("SELECT $1", {1043}) == base));
    BOOST_TEST(!(key("SELECT $1", {0}) == base));
    BOOST_TEST(!(key("SELECT $1", {}) == base));
    BOOST_TEST(!(key("SELECT $1", {25, 25}) == base));
    BOOST_TEST(!(key("SELECT $1 ", {25}) == base));
    BOOST_TEST(!(key("select $1", {25}) == base));
    BOOST_TEST(!(key("SELECT $1, $2", {25, 23}) == key("SELECT $1, $2", {23, 25})));
}

BOOST_AUTO_TEST_CASE(text_and_types_do_not_run_into_each_other) {
    // The last byte of a text against a type of the same value, and zeros, which a plain sum would not see.
    BOOST_TEST(!(key("a", {'b'}) == key("ab", {})));
    BOOST_TEST(!(key("", {0}) == key("", {})));
    BOOST_TEST(!(key("", {0, 0}) == key("", {0})));
    BOOST_TEST(!(key(std::string_view("\0", 1)) == key("")));
    BOOST_TEST(!(key(std::string_view("\0\0", 2)) == key(std::string_view("\0", 1))));
    BOOST_TEST(!(key("\x19") == key("", {25})));
}

BOOST_AUTO_TEST_CASE(bytes_over_127_do_not_depend_on_the_sign_of_char) {
    BOOST_TEST(!(key("\xff") == key("\x7f")));
    BOOST_TEST(!(key("größe") == key("grosse")));
}

namespace {

/// Collects keys of texts that are all different, and says whether any two are the same: as a whole, or in a half.
class collisions {
public:
    void add(const std::string& text) {
        if (!texts_.insert(text).second) return;
        const statement_key k = key(text, {25});
        high_ += high_seen_.insert(k.high).second ? 0 : 1;
        low_ += low_seen_.insert(k.low).second ? 0 : 1;
    }
    [[nodiscard]] std::size_t texts() const { return texts_.size(); }
    /// Among 100,000 random 64-bit values the chance of one collision is 1 in 3.7 billion; each half must stand alone.
    [[nodiscard]] int in_a_half() const { return high_ + low_; }

private:
    std::unordered_set<std::string> texts_{};
    std::unordered_set<std::uint64_t> high_seen_{};
    std::unordered_set<std::uint64_t> low_seen_{};
    int high_ = 0;
    int low_ = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_hundred_thousand_random_texts_do_not_collide) {
    std::mt19937_64 random(20240607);
    collisions seen;
    for (int i = 0; i < 100'000; ++i) {
        std::string text(4 + random() % 116, ' ');
        for (char& c : text) c = static_cast<char>(random() & 0xffU);
        seen.add(text);
    }
    BOOST_TEST(seen.texts() > 99'000U);
    BOOST_TEST(seen.in_a_half() == 0);
}

BOOST_AUTO_TEST_CASE(texts_that_differ_in_little_do_not_collide) {
    // What programs make: one text with another number in it, in the front, in the middle and at the end.
    collisions seen;
    for (int i = 0; i < 30'000; ++i) {
        const std::string n = std::to_string(i);
        seen.add("SELECT * FROM t" + n + " WHERE a = $1");
        seen.add("SELECT * FROM t WHERE a = $1 LIMIT " + n);
        seen.add(n + "SELECT * FROM t WHERE a = $1");
        seen.add(std::string(static_cast<std::size_t>(i % 5000), ' ') + (i < 5000 ? "" : "x"));
    }
    BOOST_TEST(seen.texts() == 90'000U + 10'000U);
    BOOST_TEST(seen.in_a_half() == 0);
}

BOOST_AUTO_TEST_CASE(every_bit_of_a_text_moves_about_half_of_the_key) {
    const std::string base = "UPDATE users SET status = $1 WHERE id = $2";
    const statement_key before = key(base, {25, 2950});
    double flipped = 0;
    int trials = 0;
    for (std::size_t byte = 0; byte < base.size(); ++byte)
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string changed = base;
            changed[byte] = static_cast<char>(static_cast<unsigned char>(changed[byte]) ^ (1U << bit));
            const statement_key after = key(changed, {25, 2950});
            flipped += __builtin_popcountll(before.high ^ after.high) + __builtin_popcountll(before.low ^ after.low);
            ++trials;
        }
    const double mean = flipped / trials;
    BOOST_TEST(mean > 60.0);
    BOOST_TEST(mean < 68.0);
}
