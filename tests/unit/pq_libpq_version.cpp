// Which libpq is warned of.

#include <pgrepo/pq/settings.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using pgrepo::detail::settings;

BOOST_AUTO_TEST_SUITE(pq_libpq_version)

BOOST_AUTO_TEST_CASE(sound_ones_are_not) {
    for (const int version : {130023, 140020, 150015, 150018, 160011, 170007, 180001, 190000, 200004})
        BOOST_TEST(settings::faults_of_libpq(version).empty(), version);
}

BOOST_AUTO_TEST_CASE(others_are_with_what_to_install) {
    const struct {
        int version;
        const char* is;
        const char* remedy;
    } table[] = {{130022, "13.22", "install 13.23 or newer"},
                 {140000, "14.0", "install 14.20 or newer"},
                 {150014, "15.14", "install 15.15 or newer"},
                 {160010, "16.10", "install 16.11 or newer"},
                 {170006, "17.6", "install 17.7 or newer"},
                 {180000, "18.0", "install 18.1 or newer"},
                 {120022, "12.22", "still mended"}};
    for (const auto& row : table) {
        const std::string text = settings::faults_of_libpq(row.version);
        BOOST_TEST(text.find(std::string("this libpq, ") + row.is + ",") == 0U, text);
        BOOST_TEST(text.find(row.remedy) != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
