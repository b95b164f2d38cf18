#include <pgrepo/ops/boost_stack_tracer.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

BOOST_AUTO_TEST_CASE(a_stack_has_frames_and_a_line_for_each) {
    const pgrepo::boost_stack_tracer tracer;
    std::array<const void*, 32> frames{};
    const std::size_t count = tracer.capture(frames.data(), frames.size());
    BOOST_TEST_REQUIRE(count >= 3U);
    BOOST_TEST(count <= frames.size());
    for (std::size_t i = 0; i < count; ++i) BOOST_TEST(frames[i] != nullptr);
    const std::string text = tracer.describe(frames.data(), count);
    BOOST_TEST(text.find("  #0 ") == 0U, text);
    BOOST_TEST(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) == count - 1, text);
}

BOOST_AUTO_TEST_CASE(no_more_than_there_is_room_for) {
    const pgrepo::boost_stack_tracer tracer;
    const void* two[3] = {nullptr, nullptr, &tracer};
    BOOST_TEST(tracer.capture(two, 2) == 2U);
    BOOST_TEST(two[1] != nullptr);
    BOOST_TEST(two[2] == &tracer);
    BOOST_TEST(tracer.capture(two, 0) == 0U);
    BOOST_TEST(tracer.describe(two, 0) == "");
}
