// expect: [try_reference] the function given to try_ returns a reference
// expect: std::
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <string>

bool f(const std::string& name) {
#if defined(PGREPO_TWIN)
    auto outcome = pgrepo::try_([&] { return name; });
#else
    auto outcome = pgrepo::try_([&]() -> const std::string& { return name; });
#endif
    return outcome.has_value();
}
