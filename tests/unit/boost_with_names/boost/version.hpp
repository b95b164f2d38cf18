// In place of Boost's own, for tests/unit/reflect_pfr_names.cpp.
#ifndef BOOST_VERSION_HPP
#define BOOST_VERSION_HPP
#define BOOST_VERSION 108400
#define BOOST_LIB_VERSION "1_84"
#endif
