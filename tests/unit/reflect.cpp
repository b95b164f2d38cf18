// Fields and their names, enumerators and theirs.
#include <pgrepo/reflect/enumerators.hpp>
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/reflectable.hpp>

#include <boost/test/unit_test.hpp>

#include <any>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace d = pgrepo::detail;

// ---------------------------------------------------------------------------------------------------------------------
// How many, and what they are called

namespace fields {

struct none {};
struct f1 {
    int a;
};
struct f2 {
    int a;
    std::string b;
};
struct f3 {
    int a;
    std::string b;
    bool c;
};
struct f4 {
    int a, b, c, d;
};
struct f5 {
    char a, b, c, d, e;
};
struct f6 {
    std::string a, b, c, d, e, f;
};
struct f7 {
    double a;
    float b;
    long c;
    short d;
    bool e;
    char f;
    std::string g;
};
struct f8 {
    std::optional<int> a, b, c, d, e, f, g, h;
};
struct f9 {
    int a, b, c, d, e, f, g, h, i;
};
struct f10 {
    int a, b, c, d, e, f, g, h, i, j;
};
struct f11 {
    std::string a, b, c, d, e, f, g, h, i, j, k;
};
struct f12 {
    int a;
    std::string b;
    bool c;
    std::optional<int> d;
    double e;
    std::vector<int> f;
    char g;
    std::string h;
    std::uint64_t i;
    float j;
    std::optional<std::string> k;
    std::int16_t l;
};

template <class T, std::size_t Count> void expect_letters() {
    static_assert(d::has_known_fields<T>);
    static_assert(d::field_count<T> == Count);
    for (std::size_t i = 0; i < Count; ++i)
        BOOST_TEST(d::field_names<T>[i] == std::string(1, static_cast<char>('a' + static_cast<int>(i))));
}

} // namespace fields

BOOST_AUTO_TEST_CASE(one_to_twelve_fields) {
    using namespace fields;
    expect_letters<none, 0>();
    expect_letters<f1, 1>();
    expect_letters<f2, 2>();
    expect_letters<f3, 3>();
    expect_letters<f4, 4>();
    expect_letters<f5, 5>();
    expect_letters<f6, 6>();
    expect_letters<f7, 7>();
    expect_letters<f8, 8>();
    expect_letters<f9, 9>();
    expect_letters<f10, 10>();
    expect_letters<f11, 11>();
    expect_letters<f12, 12>();
}

namespace {

struct widest {
    int a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7;
    std::string c0, c1, c2, c3, c4, c5, c6, c7;
    std::optional<int> d0, d1, d2, d3, d4, d5, d6, d7;
    double e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7;
    bool g0, g1, g2, g3, g4, g5, g6, g7;
    std::int64_t h0, h1, h2, h3, h4, h5, h6;
    std::string the_last;
};

} // namespace

BOOST_AUTO_TEST_CASE(sixty_four_fields) {
    static_assert(d::field_count<widest> == 64);
    BOOST_TEST(d::field_names<widest>[0] == "a0");
    BOOST_TEST(d::field_names<widest>[16] == "c0");
    BOOST_TEST(d::field_names<widest>[62] == "h6");
    BOOST_TEST(d::field_names<widest>[63] == "the_last");
    static_assert(std::is_same_v<d::field_type<widest, 63>, std::string>);
    static_assert(d::member_index<&widest::the_last> == 63);
    static_assert(d::member_index<&widest::e0> == 32);

    widest value{};
    d::get_field<63>(value) = "x";
    BOOST_TEST(value.the_last == "x");
    std::size_t visited = 0;
    d::for_each_field<widest>([&]<std::size_t Index>() { visited += Index; });
    BOOST_TEST(visited == 63U * 64U / 2U);
}

// Around the ends of the rows of eight in which fields are written out.
namespace around {

#define EIGHT(p)                                                                                                       \
    p##0 {}, p##1 {}, p##2 {}, p##3 {}, p##4 {}, p##5 {}, p##6 {}, p##7 {}
struct w31 {
    int EIGHT(a), EIGHT(b), EIGHT(c), d0{}, d1{}, d2{}, d3{}, d4{}, d5{};
    std::string the_last{};
};
struct w32 {
    int EIGHT(a), EIGHT(b), EIGHT(c), d0{}, d1{}, d2{}, d3{}, d4{}, d5{}, d6{};
    std::string the_last{};
};
struct w33 {
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d);
    std::string the_last{};
};
struct w63 {
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), h0{}, h1{}, h2{}, h3{}, h4{}, h5{};
    std::string the_last{};
};
struct w64 {
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), h0{}, h1{}, h2{}, h3{}, h4{}, h5{}, h6{};
    std::string the_last{};
};
struct w65 {
    int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), EIGHT(h), the_last{};
};
#undef EIGHT
struct w1 {
    std::string the_last{};
};
struct w2 {
    int a0{};
    std::string the_last{};
};
struct w9 {
    int a0{}, a1{}, a2{}, a3{}, a4{}, a5{}, a6{}, a7{};
    std::string the_last{};
};

/// Every field but the last is an int called by its row and place.
template <class T, std::size_t Count> void expect_count() {
    static_assert(d::field_count<T> == Count);
    static_assert(d::member_index<&T::the_last> == Count - 1);
    static_assert(std::is_same_v<d::field_type<T, Count - 1>, std::string>);
    T value{};
    const T& unchanging = value;
    d::for_each_field<T>([&]<std::size_t Index>() {
        if constexpr (Index + 1 < Count) {
            static_assert(std::is_same_v<d::field_type<T, Index>, int>);
            const std::string name{static_cast<char>('a' + Index / 8), static_cast<char>('0' + Index % 8)};
            BOOST_TEST(d::field_names<T>[Index] == name);
            static_assert(d::field_index<T>(d::field_names<T>[Index]) == Index);
            d::get_field<Index>(value) = static_cast<int>(Index) + 1;
        } else {
            BOOST_TEST(d::field_names<T>[Index] == "the_last");
            d::get_field<Index>(value) = "x";
        }
    });
    d::for_each_field<T>([&]<std::size_t Index>() {
        if constexpr (Index + 1 < Count) BOOST_TEST(d::get_field<Index>(unchanging) == static_cast<int>(Index) + 1);
    });
    BOOST_TEST(unchanging.the_last == "x");
    BOOST_TEST(std::addressof(d::get_field<Count - 1>(unchanging)) == std::addressof(value.the_last));
}

} // namespace around

BOOST_AUTO_TEST_CASE(one_to_sixty_four_fields) {
    using namespace around;
    expect_count<w1, 1>();
    expect_count<w2, 2>();
    expect_count<w9, 9>();
    expect_count<w31, 31>();
    expect_count<w32, 32>();
    expect_count<w33, 33>();
    expect_count<w63, 63>();
    expect_count<w64, 64>();
    static_assert(d::member_index<&w64::d7> == 31);
    static_assert(d::field_facts<w65>::counted == 65 && !d::has_known_fields<w65> && d::field_count<w65> == 0);
}

// ---------------------------------------------------------------------------------------------------------------------
// Members that are easily taken for several, or for something else

namespace {

struct point {
    int x{};
    int y{};
};
struct only_text {
    std::string text;
};
struct nested {
    point first{};
    std::array<int, 3> numbers{};
    only_text wrapped{};
    std::array<point, 2> points{};
    int last{};
};
struct containers {
    std::variant<int, std::string> choice{};
    std::vector<std::string> many{};
    std::map<std::string, int> index{};
    std::unique_ptr<int> owned{};
    std::shared_ptr<point> shared{};
    std::optional<std::vector<int>> perhaps{};
    std::chrono::system_clock::time_point when{};
    std::string_view view{};
    const char* raw{};
    void (*function)(){};
    int point::* member{};
};
struct with_any {
    std::any whatever{};
    int n{};
};
/// Its constructor accepts whatever is asked about it, and only its body fails.
struct takes_anything {
    constexpr takes_anything() = default;
    template <class T> constexpr takes_anything(T&& from) : value(std::forward<T>(from)) {}
    const std::vector<int>* value{};
};
struct starts_with_what_takes_anything {
    takes_anything first{};
    int n{};
};
struct explicit_default {
    explicit explicit_default() = default;
};
enum class colour { red, green };
union named_union {
    int n;
    float f;
};
struct immovable_and_odd {
    std::atomic<int> counter{};
    std::mutex lock{};
    std::unique_ptr<int> owned{};
    takes_anything whatever{};
    std::function<void()> call{};
    std::any any{};
    explicit_default tag{}; // takes no {}
    std::array<char, 16384> large{};
    colour paint{};
    explicit_default another{};
    named_union either{};
    std::optional<named_union> perhaps{};
    int last{};
};
struct aligned {
    char c{};
    alignas(64) double d{};
};
struct with_members_that_are_no_fields {
    [[maybe_unused]] static constexpr int constant = 7;
    [[maybe_unused]] static int counter;
    using type = int;
    enum class inner { one };
    int value{};
    [[nodiscard]] int twice() const { return value * 2; }
    bool operator==(const with_members_that_are_no_fields&) const = default;
};
struct names_like_code {
    int value_{};
    int Value{};
    int value1{};
    int _value{};
    int get{};
    int T{};
    int Values{};
    int size{};
    int std{};
};
struct names_beyond_ascii {
    int größe{};
    int 名前{};
    int naïve_{};
};

} // namespace

BOOST_AUTO_TEST_CASE(nested_aggregates_are_one_field_each) {
    static_assert(d::field_count<nested> == 5);
    BOOST_TEST(d::field_names<nested>[0] == "first");
    BOOST_TEST(d::field_names<nested>[1] == "numbers");
    BOOST_TEST(d::field_names<nested>[2] == "wrapped");
    BOOST_TEST(d::field_names<nested>[3] == "points");
    BOOST_TEST(d::field_names<nested>[4] == "last");
    static_assert(std::is_same_v<d::field_type<nested, 0>, point>);
    static_assert(std::is_same_v<d::field_type<nested, 1>, std::array<int, 3>>);

    nested value{{1, 2}, {3, 4, 5}, {"six"}, {}, 7};
    BOOST_TEST(d::get_field<4>(value) == 7);
    BOOST_TEST(d::get_field<2>(value).text == "six");
    BOOST_TEST(d::get_field<0>(value).y == 2);
}

BOOST_AUTO_TEST_CASE(containers_variants_and_pointers) {
    static_assert(d::field_count<containers> == 11);
    const std::array<std::string_view, 11> names{"choice", "many", "index", "owned",    "shared", "perhaps",
                                                 "when",   "view", "raw",   "function", "member"};
    BOOST_TEST(d::field_names<containers> == names, boost::test_tools::per_element());
    static_assert(std::is_same_v<d::field_type<containers, 0>, std::variant<int, std::string>>);
    static_assert(std::is_same_v<d::field_type<containers, 3>, std::unique_ptr<int>>);
}

BOOST_AUTO_TEST_CASE(a_member_that_takes_anything_is_not_taken_for_a_base) {
    static_assert(d::reflectable<with_any>::ok);
    static_assert(d::field_count<with_any> == 2);
    BOOST_TEST(d::field_names<with_any>[0] == "whatever");
}

BOOST_AUTO_TEST_CASE(members_that_move_nowhere_or_take_anything) {
    static_assert(d::field_count<starts_with_what_takes_anything> == 2);
    static_assert(d::member_index<&starts_with_what_takes_anything::n> == 1);
    const std::array<std::string_view, 13> names{"counter", "lock",  "owned",   "whatever", "call",    "any", "tag",
                                                 "large",   "paint", "another", "either",   "perhaps", "last"};
    BOOST_TEST(d::field_names<immovable_and_odd> == names, boost::test_tools::per_element());
    static_assert(std::is_same_v<d::field_type<immovable_and_odd, 0>, std::atomic<int>>);
    static_assert(std::is_same_v<d::field_type<immovable_and_odd, 7>, std::array<char, 16384>>);
    immovable_and_odd value{};
    d::get_field<12>(value) = 7;
    d::get_field<0>(value) = 3;
    d::get_field<7>(value)[16383] = 'x';
    BOOST_TEST(value.last == 7);
    BOOST_TEST(value.counter == 3);
    BOOST_TEST(value.large[16383] == 'x');
}

BOOST_AUTO_TEST_CASE(only_fields_count) {
    static_assert(d::field_count<with_members_that_are_no_fields> == 1);
    BOOST_TEST(d::field_names<with_members_that_are_no_fields>[0] == "value");
    static_assert(d::field_count<aligned> == 2);
    aligned value{'c', 2.5};
    BOOST_TEST(d::get_field<1>(value) == 2.5);
}

BOOST_AUTO_TEST_CASE(names_are_taken_as_they_are) {
    const std::array<std::string_view, 9> names{"value_", "Value",  "value1", "_value", "get",
                                                "T",      "Values", "size",   "std"};
    BOOST_TEST(d::field_names<names_like_code> == names, boost::test_tools::per_element());
    static_assert(d::field_index<names_like_code>("Value") == 1);
    static_assert(d::field_index<names_like_code>("VALUE") == d::no_field);
    static_assert(d::field_index<names_like_code>("") == d::no_field);
    static_assert(d::field_index<names_like_code>("valu") == d::no_field);
    static_assert(d::field_index<names_like_code>("value12") == d::no_field);
    const std::array<std::string_view, 3> beyond{"größe", "名前", "naïve_"};
    BOOST_TEST(d::field_names<names_beyond_ascii> == beyond, boost::test_tools::per_element());
    static_assert(d::member_index<&names_beyond_ascii::名前> == 1);
}

// ---------------------------------------------------------------------------------------------------------------------
// Where a struct stands

namespace {
struct anonymous {
    int in_nobodys_namespace{};
    std::string other{};
};
} // namespace
namespace outer::inner {
struct deep {
    int x{};
    struct deeper {
        int y{};
    };
};
template <class T> struct box {
    T a{};
    int b{};
};
template <class T> struct parametrised {
    T value{};
    std::vector<T> values{};
};
} // namespace outer::inner

BOOST_AUTO_TEST_CASE(wherever_a_struct_stands) {
    struct local {
        int in_a_function{};
        double other{};
    };
    BOOST_TEST(d::field_names<local>[0] == "in_a_function");
    BOOST_TEST(d::field_names<local>[1] == "other");
    BOOST_TEST(d::field_names<anonymous>[0] == "in_nobodys_namespace");
    BOOST_TEST(d::field_names<anonymous>[1] == "other");
    BOOST_TEST(d::field_names<outer::inner::deep>[0] == "x");
    BOOST_TEST(d::field_names<outer::inner::deep::deeper>[0] == "y");
    BOOST_TEST((d::field_names<outer::inner::parametrised<std::map<int, std::string>>>[1] == "values"));
    BOOST_TEST((d::field_names<outer::inner::box<outer::inner::box<local>>>[1] == "b"));
    static_assert(std::is_same_v<d::field_type<outer::inner::box<local>, 0>, local>);
    static_assert(d::member_index<&outer::inner::box<std::pair<int, char>>::b> == 1);
    static_assert(d::member_index<&local::other> == 1);
    static_assert(d::member_index<&anonymous::other> == 1);
    static_assert(d::member_index<&outer::inner::parametrised<std::string>::values> == 1);
    static_assert(std::is_same_v<d::member_class<&anonymous::other>, anonymous>);
    static_assert(std::is_same_v<d::member_type<&anonymous::other>, std::string>);
    BOOST_TEST(d::member_name<&anonymous::other>() == "other");
    BOOST_TEST(d::type_name_of<int>() == "int");
    BOOST_TEST((d::type_name_of<outer::inner::deep>() == "outer::inner::deep"));
}

// ---------------------------------------------------------------------------------------------------------------------
// What cannot be reflected

namespace {

struct base {
    int a{};
};
struct empty_base {};
struct derived : base {
    int b{};
};
struct derived_from_empty : empty_base {
    int b{};
};
struct only_base : base {};
struct with_constructor {
    with_constructor() = default;
    explicit with_constructor(int n) : a(n) {}
    int a = 0;
};
class with_private {
    [[maybe_unused]] int hidden_ = 0;

public:
    int a = 0;
};
struct with_virtual {
    virtual ~with_virtual() = default;
    int a = 0;
};
struct with_reference {
    int& a;
};
struct no_default {
    explicit no_default(int) {}
};
struct needs_argument {
    no_default a;
};
union either {
    int a;
    float b;
};
enum class an_enum { a };

int somewhere = 0;
struct with_array {
    int before{};
    int a[3]{};
};
struct with_array_of_one {
    char a[1]{};
};
struct with_bit_field {
    int before{};
    int a : 3;
};
struct with_const {
    int before{};
    const int a{};
};
struct with_volatile {
    volatile int a{};
};
struct with_variable {
    int before{};
    int& a = somewhere;
    int after{};
};
struct with_constant {
    const int& a = somewhere;
};
struct with_moved {
    int&& a = 0;
};
struct with_union {
    std::string before{};
    union {
        int a{};
        float b;
    };
};
struct only_union {
    union {
        int a{};
    };
};
struct union_within {
    int before{};
    only_union a{};
    std::array<only_union, 2> b{};
};

template <class T> constexpr bool in_the_way(d::obstacle what, std::size_t field) {
    return !d::has_known_fields<T> && d::field_count<T> == 0 && d::field_facts<T>::found.what == what &&
           d::field_facts<T>::found.field == field;
}

} // namespace

BOOST_AUTO_TEST_CASE(fields_that_cannot_be_reached_or_filled) {
    static_assert(in_the_way<with_array>(d::obstacle::c_array, 1));
    static_assert(in_the_way<with_array_of_one>(d::obstacle::c_array, 0));
    static_assert(in_the_way<with_bit_field>(d::obstacle::bit_field, 0));
    static_assert(in_the_way<with_const>(d::obstacle::constant, 1));
    static_assert(in_the_way<with_volatile>(d::obstacle::constant, 0));
    static_assert(in_the_way<with_variable>(d::obstacle::reference, 1));
    static_assert(in_the_way<with_constant>(d::obstacle::reference, 0));
    static_assert(in_the_way<with_moved>(d::obstacle::reference, 0));
    static_assert(in_the_way<with_union>(d::obstacle::anonymous_union, 1));
    static_assert(in_the_way<only_union>(d::obstacle::anonymous_union, 0));
    static_assert(d::field_count<union_within> == 3); // a field of such a type is one field like any other
    static_assert(!d::reflectable<std::array<int, 2>>::plain);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reflected) {
    static_assert(d::reflectable<base>::ok);
    static_assert(!d::reflectable<derived>::without_base && !d::reflectable<derived_from_empty>::without_base &&
                  !d::reflectable<only_base>::without_base);
    static_assert(!d::reflectable<with_constructor>::aggregate && !d::reflectable<with_private>::aggregate &&
                  !d::reflectable<with_virtual>::aggregate && !d::reflectable<std::string>::aggregate);
    static_assert(!d::reflectable<with_reference>::constructible && !d::reflectable<needs_argument>::constructible);
    static_assert(!d::reflectable<int>::plain && !d::reflectable<an_enum>::plain && !d::reflectable<either>::plain &&
                  !d::reflectable<const base>::plain && !d::reflectable<base&>::plain &&
                  !d::reflectable<base*>::plain && !d::reflectable<int[3]>::plain);
    // One cause each: what is told apart first is the only thing that is said.
    static_assert(d::reflectable<int>::aggregate && d::reflectable<int>::without_base &&
                  d::reflectable<int>::constructible);
    static_assert(d::reflectable<derived>::aggregate && d::reflectable<derived>::constructible);
    // And asking for the fields of such a thing is no second error.
    static_assert(d::field_count<derived> == 0 && d::field_count<int> == 0 && d::field_count<with_private> == 0 &&
                  d::field_count<needs_argument> == 0);
    static_assert(d::field_names<derived>.empty());
}

// ---------------------------------------------------------------------------------------------------------------------
// Enumerators

namespace {

enum class gaps { none, two = 2, five = 5, last = 63 };
enum class yes_or_no : bool { no, yes };
enum class letters : char { a = 'a' - 'a', b, c };
enum class wide : std::uint64_t { small = 1, large = 300 };
enum class negative : std::int8_t { minus_ten = -10, zero = 0, ten = 10 };
enum class flags : std::uint8_t { none = 0, all = 255 };
enum class doubled { first, also_first = 0, second };
enum class nothing {};
enum class odd_names { a1, _b, C_, cast, Values };

} // namespace

template <> struct pgrepo::enum_range<wide> {
    static constexpr int first = 0, last = 300;
};
template <> struct pgrepo::enum_range<negative> {
    static constexpr int first = -10, last = 10;
};
template <> struct pgrepo::enum_range<flags> {
    static constexpr int first = 250, last = 255;
};

namespace {

template <class Enum> void there_and_back(Enum value, std::string_view name) {
    BOOST_TEST(pgrepo::enumerator_name(value) == name);
    Enum found{};
    BOOST_TEST(d::enumerator_of(name, found));
    BOOST_TEST((found == value));
}

} // namespace

BOOST_AUTO_TEST_CASE(enumerators_with_gaps) {
    there_and_back(gaps::none, "none");
    there_and_back(gaps::two, "two");
    there_and_back(gaps::five, "five");
    there_and_back(gaps::last, "last");
    for (int hole : {1, 3, 4, 6, 62, 64, 1000, -1}) BOOST_TEST(pgrepo::enumerator_name(static_cast<gaps>(hole)) == "");
    gaps untouched = gaps::five;
    for (const char* wrong : {"", "thr", "None", "two ", " two", "twoo", "tw", "gaps::two", "2", "(gaps)1"})
        BOOST_TEST(!d::enumerator_of(wrong, untouched), wrong);
    BOOST_TEST((untouched == gaps::five));
}

BOOST_AUTO_TEST_CASE(enumerators_beyond_the_usual_range) {
    there_and_back(wide::small, "small");
    there_and_back(wide::large, "large");
    BOOST_TEST(pgrepo::enumerator_name(static_cast<wide>(299)) == "");
    BOOST_TEST(pgrepo::enumerator_name(static_cast<wide>(301)) == "");
    BOOST_TEST(pgrepo::enumerator_name(static_cast<wide>(UINT64_MAX)) == "");
    there_and_back(negative::minus_ten, "minus_ten");
    there_and_back(negative::zero, "zero");
    there_and_back(negative::ten, "ten");
    BOOST_TEST(pgrepo::enumerator_name(static_cast<negative>(-11)) == "");
    there_and_back(flags::all, "all");
    BOOST_TEST(pgrepo::enumerator_name(flags::none) == ""); // outside its enum_range, though it has a name
    there_and_back(letters::a, "a");
    there_and_back(letters::c, "c");
    there_and_back(yes_or_no::no, "no");
    there_and_back(yes_or_no::yes, "yes");
}

BOOST_AUTO_TEST_CASE(enumerators_of_one_value_share_the_first_name) {
    there_and_back(doubled::first, "first");
    there_and_back(doubled::second, "second");
    BOOST_TEST(pgrepo::enumerator_name(doubled::also_first) == "first");
}

BOOST_AUTO_TEST_CASE(enumerators_are_called_what_they_are_called) {
    there_and_back(odd_names::a1, "a1");
    there_and_back(odd_names::_b, "_b");
    there_and_back(odd_names::C_, "C_");
    there_and_back(odd_names::cast, "cast");
    there_and_back(odd_names::Values, "Values");
    enum class local { in_a_function };
    there_and_back(local::in_a_function, "in_a_function");
}

BOOST_AUTO_TEST_CASE(an_enum_without_enumerators) {
    static_assert(!d::has_enumerators<nothing>());
    static_assert(d::has_enumerators<gaps>());
    BOOST_TEST(pgrepo::enumerator_name(nothing{}) == "");
}
// Compilers take a dollar sign for a letter; cut off at it, a field would be read from the column of another.
BOOST_AUTO_TEST_CASE(a_dollar_sign_is_part_of_a_name) {
    static_assert(d::last_identifier("{&nowhere.value.a$b}") == "a$b");
    static_assert(d::last_identifier("(& x)->owner::$a)") == "$a");
}

// A draft is given as const; what is mutable in it is none the less a field.
BOOST_AUTO_TEST_CASE(the_addresses_of_fields) {
    struct changing {
        int id{};
        mutable std::string note{};
    };
    changing object;
    const changing& fixed = object;
    const std::array<void*, 2> places = d::field_addresses(object);
    const std::array<const void*, 2> fixed_places = d::field_addresses(fixed);
    BOOST_TEST(places[0] == &object.id);
    BOOST_TEST(places[1] == &object.note);
    BOOST_TEST(fixed_places[1] == places[1]);
    BOOST_TEST(d::field_names<changing>[1] == "note");
    BOOST_TEST(d::field_names<changing>[0].data()[2] == '\0', "a name ends with a zero byte, as a literal does");
}

struct tag_one {};
struct tag_two {};
struct with_fields_in_one_place {
    [[no_unique_address]] tag_one first{};
    [[no_unique_address]] tag_two second{};
    int number{};
};
static_assert(std::is_empty_v<tag_one> &&
              sizeof(with_fields_in_one_place) == sizeof(int)); // both lie where number does

// Members are found by their addresses, which say nothing where several fields have the same.
BOOST_AUTO_TEST_CASE(members_that_share_an_address_are_told_apart) {
    static_assert(d::member_index<&with_fields_in_one_place::first> == 0);
    static_assert(d::member_index<&with_fields_in_one_place::second> == 1);
    static_assert(d::member_index<&with_fields_in_one_place::number> == 2);
    const std::array<const void*, 2> twice{&d::no_field, &d::no_field};
    BOOST_TEST(d::find_address(twice.data(), 2, &d::no_field) == d::ambiguous_field);
    BOOST_TEST(d::find_address(twice.data(), 1, &d::no_field) == 0U);
    BOOST_TEST(d::find_address(twice.data(), 2, nullptr) == d::no_field);
}

// What compilers write of several values, with one of them to tell what stands before each name.
BOOST_AUTO_TEST_CASE(names_are_taken_from_one_description_only_where_it_is_of_one_form) {
    const std::string before(d::values_at, '.');
    std::array<std::string_view, 2> names{};
    const std::string fine = before + "(&A::id), (&A::email)}]";
    BOOST_TEST(d::find_last_identifiers(fine, 5, names.data(), 2));
    BOOST_TEST(names[0] == "id");
    BOOST_TEST(names[1] == "email");
    for (const char* odd : {"(&A::id), (&A<int>::email)}]", "(&A::id), (&A::email), (&A::x)}]", "(&A::id)}]", "(&A::id",
                            "(&", "", "(&A::), (&A::email)}]", "(&Ax::id), (&A::email)}]"}) {
        BOOST_TEST_CONTEXT(odd) {
            const std::string text = before + odd;
            BOOST_TEST(!d::find_last_identifiers(text, 5, names.data(), 2));
        }
    }
}
