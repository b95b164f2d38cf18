#pragma once

// What most tests with libpq include; what few of them do stays theirs.

#include "support/precompiled_no_libpq.hpp"

#include <pgrepo/pgrepo.hpp>
#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/pool.hpp>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
