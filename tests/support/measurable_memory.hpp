#pragma once

// A precondition of tests that measure what the process holds.

#include "sanitized.hpp"

#include <boost/test/unit_test.hpp>

namespace test {

/// Memory that was given back counts as resident with a sanitizer, which keeps it for a while.
inline boost::test_tools::assertion_result memory_can_be_measured(boost::unit_test::test_unit_id) {
    if (!sanitized) return true;
    boost::test_tools::assertion_result no(false);
    no.message() << "with a sanitizer, what is resident says nothing of what is held";
    return no;
}

} // namespace test
