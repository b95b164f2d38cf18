#pragma once

// What most tests without libpq include; what few of them do stays theirs.

#include <pgrepo/codec/codecs.hpp>
#include <pgrepo/repository/table_repository.hpp>
#include <pgrepo/testing.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
