// The one file that holds pgrepo's plain code, so that no other has to be compiled with it.
#include <pgrepo/src.hpp>
