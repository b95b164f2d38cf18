#pragma once

// Running a service: logs. Opt-in.

#include <pgrepo/ops/log_observer.hpp>
