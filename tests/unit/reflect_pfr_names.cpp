// From Boost 1.84 on names are PFR's, where PFR can count: with boost_with_names/ first among the include directories.
#include <pgrepo/reflect/fields.hpp>
#include <pgrepo/reflect/struct_check.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace d = pgrepo::detail;

#if BOOST_VERSION != 108400
#error "boost_with_names/ is not the first include directory"
#endif

struct plain {
    int id{};
    std::string email{};
    std::optional<int> age{};
};
struct takes_anything {
    constexpr takes_anything() = default;
    template <class T> constexpr takes_anything(T&& from) : value(std::forward<T>(from)) {}
    const std::vector<int>* value{};
};
struct holds_what_takes_anything {
    int id{};
    takes_anything whatever{};
};
struct with_array {
    int id{};
    int numbers[5]{};
};

BOOST_AUTO_TEST_CASE(names_are_asked_of_pfr) {
    static_assert(d::field_count<plain> == 3);
    BOOST_TEST(d::field_names<plain>[0] == "from_pfr_0");
    BOOST_TEST(d::field_names<plain>[2] == "from_pfr_2");
    static_assert(d::field_index<plain>("from_pfr_1") == 1);
    static_assert(d::field_index<plain>("email") == d::no_field);
}

BOOST_AUTO_TEST_CASE(where_pfr_cannot_count_they_are_read_here) {
    static_assert(d::field_count<holds_what_takes_anything> == 2);
    BOOST_TEST(d::field_names<holds_what_takes_anything>[1] == "whatever");
    static_assert(d::member_index<&holds_what_takes_anything::whatever> == 1);
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_named_all_the_same) {
    static_assert(!d::has_known_fields<with_array>);
    static_assert(std::is_same_v<d::field_in_the_way<with_array, d::obstacle::c_array>,
                                 d::name<pgrepo::fixed_string{"numbers"}>>);
}
