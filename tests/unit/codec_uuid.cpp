#include "codec_bytes.hpp"

#include <pgrepo/codec/uuid.hpp>
#include <pgrepo/codec/uuid_generators.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace codec_test;

// SELECT encode(uuid_send('0190163d-8694-739b-aea5-966c26f8ad91'), 'hex')
BOOST_AUTO_TEST_CASE(bytes_as_sent) {
    const auto id = pgrepo::parse_uuid("0190163d-8694-739b-aea5-966c26f8ad91");
    BOOST_TEST_REQUIRE(id.has_value());
    BOOST_TEST(wire(*id) == "0190163d8694739baea5966c26f8ad91");
    BOOST_TEST((read<pgrepo::uuid>("0190163d8694739baea5966c26f8ad91") == *id));
    BOOST_TEST(wire(pgrepo::uuid{}) == std::string(32, '0'));
    refuses_other_sizes<pgrepo::uuid>(16); // B32: 15 and 17 bytes, and the 36 of its text
    BOOST_TEST(!refusal<pgrepo::uuid>(hex("0190163d-8694-739b-aea5-966c26f8ad91")).empty());
}

BOOST_AUTO_TEST_CASE(text_form) {
    const std::string text = "0190163d-8694-739b-aea5-966c26f8ad91";
    BOOST_TEST(pgrepo::to_string(pgrepo::parse_uuid(text).value()) == text);
    BOOST_TEST((pgrepo::parse_uuid("0190163D-8694-739B-AEA5-966C26F8AD91") == pgrepo::parse_uuid(text)));
    BOOST_TEST(pgrepo::to_string(pgrepo::uuid{}) == "00000000-0000-0000-0000-000000000000");
    BOOST_TEST(!pgrepo::parse_uuid("").has_value());
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : {'g', '-', ' ', '\0', '0', '/', ':', '@', 'G', '`'}) {
            std::string changed = text;
            changed[i] = c;
            const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            BOOST_TEST(pgrepo::parse_uuid(changed).has_value() == (dash ? c == '-' : c == '0'));
        }
        BOOST_TEST(!pgrepo::parse_uuid(text.substr(0, i)).has_value());
    }
    for (const char* bad : {"{0190163d-8694-739b-aea5-966c26f8ad91}", "0190163d8694739baea5966c26f8ad91",
                            "0190163d-8694-739b-aea5-966c26f8ad910", " 190163d-8694-739b-aea5-966c26f8ad91"})
        BOOST_TEST(!pgrepo::parse_uuid(bad).has_value());
    for (int i = 0; i < 1000; ++i) {
        const pgrepo::uuid id = pgrepo::make_uuid_v4();
        BOOST_TEST_REQUIRE((pgrepo::parse_uuid(pgrepo::to_string(id)) == id));
        BOOST_TEST_REQUIRE((read<pgrepo::uuid>(wire(id)) == id));
    }
}

BOOST_AUTO_TEST_CASE(version_4) { // RFC 9562, 5.4
    std::set<pgrepo::uuid> seen;
    int ones[128] = {};
    for (int i = 0; i < 10'000; ++i) {
        const pgrepo::uuid id = pgrepo::make_uuid_v4();
        const std::string text = pgrepo::to_string(id);
        BOOST_TEST_REQUIRE(text[14] == '4');
        BOOST_TEST_REQUIRE(std::string_view("89ab").find(text[19]) != std::string_view::npos);
        BOOST_TEST_REQUIRE(seen.insert(id).second);
        for (int bit = 0; bit < 128; ++bit) ones[bit] += id.begin()[bit / 8] >> (7 - bit % 8) & 1;
    }
    for (int bit = 0; bit < 128; ++bit)
        if ((bit < 48 || bit > 51) && bit != 64 && bit != 65) // ten standard deviations
            BOOST_TEST((ones[bit] > 4500 && ones[bit] < 5500), "bit " << bit << " is set " << ones[bit] << " times");
}

BOOST_AUTO_TEST_CASE(version_7_rises) { // RFC 9562, 5.7 and 6.2
    using namespace std::chrono;
    const auto milliseconds_of = [](const pgrepo::uuid& id) {
        std::int64_t ms = 0;
        for (int i = 0; i < 6; ++i) ms = ms << 8 | id.begin()[i];
        return ms;
    };
    const auto clock = [] { return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count(); };
    pgrepo::uuid previous{};
    const auto before = clock();
    for (int i = 0; i < 100'000; ++i) {
        const pgrepo::uuid id = pgrepo::make_uuid_v7();
        BOOST_TEST_REQUIRE((previous < id));
        BOOST_TEST_REQUIRE((id.begin()[6] >> 4) == 7);
        BOOST_TEST_REQUIRE((id.begin()[8] >> 6) == 2);
        previous = id;
    }
    const auto after = clock();
    BOOST_TEST(milliseconds_of(previous) >= before);
    BOOST_TEST(milliseconds_of(previous) <= after + 30); // 100,000 need at least 25 ms of ticks
    BOOST_TEST(pgrepo::to_string(previous)[14] == '7');
}

BOOST_AUTO_TEST_CASE(version_7_is_unique_and_rises_on_four_threads) {
    constexpr std::size_t each = 25'000;
    std::vector<std::vector<pgrepo::uuid>> made(4);
    std::vector<std::thread> threads;
    for (auto& mine : made)
        threads.emplace_back([&mine] {
            mine.reserve(each);
            for (std::size_t i = 0; i < each; ++i) mine.push_back(pgrepo::make_uuid_v7());
        });
    for (auto& thread : threads) thread.join();
    std::vector<pgrepo::uuid> all;
    for (const auto& mine : made) {
        BOOST_TEST(std::is_sorted(mine.begin(), mine.end()));
        all.insert(all.end(), mine.begin(), mine.end());
    }
    std::sort(all.begin(), all.end());
    // Not even the first 64 bits repeat: the random rest is not what makes them unique within a process.
    const auto same_time = [](const pgrepo::uuid& a, const pgrepo::uuid& b) {
        return std::equal(a.begin(), a.begin() + 8, b.begin());
    };
    BOOST_TEST((std::adjacent_find(all.begin(), all.end(), same_time) == all.end()));
    BOOST_TEST(all.size() == 4 * each);
}
