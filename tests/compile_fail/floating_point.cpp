// A platform without IEEE 754, as far as <limits> tells. That header comes first: a case that begins with the umbrella
// header is compiled with a precompiled one, made on a platform that has IEEE 754.
// expect: [floating_point] PostgreSQL sends IEEE 754 numbers, and this platform has others
// lines: 15
// errors: 1
#if !defined(PGREPO_TWIN)
#undef __FLT_HAS_INFINITY__
#define __FLT_HAS_INFINITY__ 0
#endif
#include <limits>
// The mistake is the platform's.
#include <pgrepo/pgrepo.hpp>
