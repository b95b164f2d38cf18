#pragma once

// What the tests of the pool share besides.

#include "pq_support.hpp"

#include <pgrepo/pq/pool.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace pq_test {

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

inline void check_kind(const pgrepo::error& caught, pgrepo::error_kind wanted) {
    BOOST_TEST((caught.kind() == wanted), caught.what() << " is not " << to_string(wanted));
}

/// Has a pool open its first session, however long that takes here: its acquire_timeout is meant for who comes later.
inline void open_first(pgrepo::pool& pool) {
    BOOST_TEST_REQUIRE(soon([&] { return pgrepo::try_([&] { pool.acquire().give_back(); }).has_value(); }));
}

/// On a thread of its own: one that holds a session itself would be told not to wait.
template <class Function> pgrepo::error failure_elsewhere(Function function) {
    std::optional<pgrepo::error> caught;
    std::thread([&] { caught = failure(function); }).join();
    return *caught;
}

} // namespace pq_test
