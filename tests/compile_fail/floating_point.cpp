// A platform without IEEE 754, as far as <limits> tells.
// expect: [floating_point] PostgreSQL sends IEEE 754 numbers, and this platform has others
// lines: 15
// errors: 1
#if !defined(PGREPO_TWIN)
#undef __FLT_HAS_INFINITY__
#define __FLT_HAS_INFINITY__ 0
#endif
#include <pgrepo/pgrepo.hpp>
