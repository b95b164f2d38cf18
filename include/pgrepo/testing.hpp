#pragma once

// What unit tests need: a DatabaseService that answers from a script. Opt-in, and free of libpq.

#include <pgrepo/testing/canned_rows.hpp>
#include <pgrepo/testing/scripted_service.hpp>
