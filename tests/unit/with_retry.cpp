// with_retry: only where no connection was to be had, not more often than was said, and never beyond the deadline.

#include <pgrepo/service/with_retry.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using pgrepo::deadline;
using pgrepo::error_kind;
using pgrepo::with_retry;

namespace {

struct warnings final : pgrepo::observer {
    void on_warning(const pgrepo::warning_event& event) noexcept override {
        codes.emplace_back(event.code);
        texts.emplace_back(event.message);
    }
    std::vector<std::string> codes{};
    std::vector<std::string> texts{};
};

[[noreturn]] void fail(error_kind kind) {
    throw pgrepo::error(pgrepo::error_details{.kind = kind, .message = "max 1, all borrowed"});
}

/// What came of `function` under that policy: how often it was called, and the kind it failed with.
template <class Function> error_kind kind_of_failure(Function function) {
    try {
        function();
    } catch (const pgrepo::error& failure) {
        return failure.kind();
    }
    BOOST_FAIL("it did not fail");
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(what_succeeds_is_called_once_and_its_result_comes_out) {
    int calls = 0;
    BOOST_TEST(with_retry({}, {}, [&] { return ++calls; }) == 1);
    int value = 7;
    int& same = with_retry({}, {}, [&]() -> int& { return value; });
    BOOST_TEST(&same == &value);
    with_retry({}, {}, [] {});
}

BOOST_AUTO_TEST_CASE(exhaustion_is_tried_again_with_a_warning_each) {
    warnings seen;
    int calls = 0;
    const auto start = deadline::clock::now();
    const int got = with_retry({.attempts = 3, .pause = 20ms}, {.what = "orders", .watcher = &seen}, [&] {
        if (++calls < 3) fail(error_kind::pool_exhausted);
        return calls;
    });
    BOOST_TEST(got == 3);
    BOOST_TEST((deadline::clock::now() - start >= 45ms)); // three quarters of 20 and 40
    BOOST_TEST((seen.codes == std::vector<std::string>(2, "pool_exhausted_retry")));
    BOOST_TEST(seen.texts.at(0).find("orders got no connection, attempt 1 of 3; again in ") == 0U, seen.texts.at(0));
    BOOST_TEST(seen.texts.at(1).find("attempt 2 of 3") != std::string::npos);
    BOOST_TEST(seen.texts.at(1).find("max 1, all borrowed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_last_failure_comes_out) {
    warnings seen;
    int calls = 0;
    const auto kind = kind_of_failure([&] {
        with_retry({.attempts = 3, .pause = 1ms}, {.watcher = &seen}, [&] {
            ++calls;
            fail(error_kind::pool_exhausted);
        });
    });
    BOOST_TEST((kind == error_kind::pool_exhausted));
    BOOST_TEST(calls == 3);
    BOOST_REQUIRE(seen.texts.size() == 3U); // one an attempt
    BOOST_TEST(seen.texts.back().find("attempt 3 of 3; given up: ") != std::string::npos, seen.texts.back());
}

BOOST_AUTO_TEST_CASE(no_other_failure_is_tried_again) {
    for (const auto kind : {error_kind::connection_lost, error_kind::commit_unknown, error_kind::serialization_failure,
                            error_kind::deadline_exceeded, error_kind::connect_failed, error_kind::closed}) {
        int calls = 0;
        const auto got = kind_of_failure([&] {
            with_retry({.attempts = 3, .pause = 1ms}, {}, [&] {
                ++calls;
                fail(kind);
            });
        });
        BOOST_TEST((got == kind));
        BOOST_TEST(calls == 1);
    }
    int calls = 0;
    BOOST_CHECK_THROW(with_retry({}, {}, [&] { ++calls, throw std::runtime_error("the user's own"); }),
                      std::runtime_error);
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(no_wait_goes_beyond_the_deadline) {
    warnings seen;
    int calls = 0;
    const auto start = deadline::clock::now();
    const auto kind = kind_of_failure([&] {
        with_retry({.attempts = 5, .pause = 20s}, {.deadline = deadline::in(5s), .watcher = &seen}, [&] {
            ++calls;
            fail(error_kind::pool_exhausted);
        });
    });
    BOOST_TEST((kind == error_kind::pool_exhausted));
    BOOST_TEST(calls == 1);
    BOOST_TEST((deadline::clock::now() - start < 4s)); // not even waited for
    BOOST_REQUIRE(seen.texts.size() == 1U);
    BOOST_TEST(seen.texts.front().find("given up, since the deadline") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_pause_is_a_second_for_each_attempt_a_quarter_more_or_less) {
    BOOST_TEST(pgrepo::retry_policy{}.attempts == 3);
    std::stop_source stopped;
    stopped.request_stop(); // so that no pause is sat out
    warnings seen;
    for (int i = 0; i < 200; ++i)
        static_cast<void>(kind_of_failure([&] {
            with_retry({}, {.stop = stopped.get_token(), .watcher = &seen}, [] { fail(error_kind::pool_exhausted); });
        }));
    int least = 1'000'000, most = 0;
    for (const std::string& text : seen.texts) {
        const auto at = text.find("again in ");
        BOOST_REQUIRE(at != std::string::npos);
        const int pause = std::stoi(text.substr(at + 9));
        least = std::min(least, pause);
        most = std::max(most, pause);
    }
    BOOST_TEST(least >= 750);
    BOOST_TEST(least < 850);
    BOOST_TEST(most > 1150);
    BOOST_TEST(most <= 1250);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_wait) {
    std::stop_source source;
    int calls = 0;
    std::thread stopper;
    const auto start = deadline::clock::now();
    const auto kind = kind_of_failure([&] {
        with_retry({.attempts = 3, .pause = 60s}, {.stop = source.get_token()}, [&] {
            if (++calls == 1) stopper = std::thread([&] { source.request_stop(); });
            fail(error_kind::pool_exhausted);
        });
    });
    stopper.join();
    BOOST_TEST((kind == error_kind::pool_exhausted));
    BOOST_TEST(calls == 1);
    BOOST_TEST((deadline::clock::now() - start < 30s));
}

BOOST_AUTO_TEST_SUITE_END()
