// The one main() of all test executables. It adds two things to Boost.Test's own: a test that needs a server
// and has none says so and is counted as skipped, and a test case that is skipped inside an executable does not
// go unmentioned ("skipped: " lines are collected by scripts/test).

#include <boost/test/tree/observer.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

class skip_reporter : public boost::unit_test::test_observer {
    void test_unit_skipped(boost::unit_test::test_unit const& unit, boost::unit_test::const_string reason) override {
        // Whoever names a test case on the command line does not want to hear about the others.
        if (reason == boost::unit_test::const_string{"disabled"}) {
            return;
        }
        std::printf("skipped: %s: %.*s\n", unit.full_name().c_str(), static_cast<int>(reason.size()), reason.begin());
        std::fflush(stdout);
    }
};

skip_reporter reporter;

bool register_reporter() {
    boost::unit_test::framework::register_observer(reporter);
    return true;
}

#ifdef PGREPO_TEST_NEEDS_SERVER
constexpr int skip_code = 77; // as CTest's SKIP_RETURN_CODE has it

bool server_is_named() {
    char const* host = std::getenv("POSTGRES_HOST");
    return host != nullptr && *host != '\0';
}
#endif

} // namespace

int main(int argc, char* argv[]) {
#ifdef PGREPO_TEST_NEEDS_SERVER
    if (!server_is_named()) {
        std::puts("skipped: no PostgreSQL in the environment (POSTGRES_HOST is not set); "
                  "run it with: scripts/with-postgres -- ctest --test-dir build/<preset>");
        return skip_code;
    }
#endif
    return boost::unit_test::unit_test_main(&register_reporter, argc, argv);
}
