// What holds for all variables: docs/configuration.md has every one, and names cannot be mixed up.

#include "support/environment.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>

using namespace test;

namespace {

/// The names in the first column of the table, without the prefix.
std::vector<std::string> documented() {
    std::ifstream in(PGREPO_SOURCE_DIR "/docs/configuration.md");
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("| `POSTGRES_")) names.push_back(line.substr(12, line.find('`', 12) - 12));
    return names;
}

/// The names that the reader asks for.
std::vector<std::string> read() {
    std::ifstream in(PGREPO_SOURCE_DIR "/include/pgrepo/service/impl/config_reader.ipp");
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    std::vector<std::string> names;
    for (std::size_t at = text.find("env."); at != text.npos; at = text.find("env.", at + 1)) {
        const std::string call = text.substr(at, text.find(';', at) - at);
        const auto first = call.find("\", \"");
        if (first == call.npos || call.starts_with("env.plain") || call.starts_with("env.tell_by")) continue;
        const std::string name = call.substr(first + 4, call.find('"', first + 4) - first - 4);
        if (!name.empty() && std::ranges::all_of(name, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; }))
            names.push_back(name);
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(configuration)

BOOST_AUTO_TEST_CASE(the_table_has_every_variable_and_no_other) {
    auto table = documented();
    std::ranges::sort(table);
    BOOST_TEST(table.size() >= 28U);
    BOOST_TEST(table == read(), boost::test_tools::per_element());
}

// POSTGRES_<NAME>_<VARIABLE> of a named database is never POSTGRES_<VARIABLE> of another meaning.
BOOST_AUTO_TEST_CASE(no_variable_is_another_one_with_something_before_it) {
    const auto names = documented();
    for (const auto& one : names)
        for (const auto& other : names) BOOST_TEST(!one.ends_with("_" + other), one << " and " << other);
}

BOOST_AUTO_TEST_SUITE_END()
