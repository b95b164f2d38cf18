#pragma once

// Environment variables that a test sets and unsets again, and what a configuration says of them.

#include <pgrepo/service/postgres_config.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

/// A password that no other text shares four characters with.
inline constexpr std::string_view canary = "Zq7!wK3@xV9#jY5%";

/// No part of the canary is in the text.
inline void check_silent(std::string_view text) {
    for (std::size_t i = 0; i + 4 <= canary.size(); ++i)
        if (text.find(canary.substr(i, 4)) != text.npos) {
            BOOST_ERROR(text << ": shows a part of a secret");
            return;
        }
}

/// What the error of kind configuration says; "" where nothing is thrown.
template <class Function> std::string complaint_of(Function&& function) {
    try {
        function();
    } catch (const pgrepo::error& caught) {
        BOOST_TEST(to_string(caught.kind()) == "configuration", caught.what());
        check_silent(caught.what());
        return caught.message();
    }
    return {};
}

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}
inline void check_says(const std::string& text, std::string_view part) {
    BOOST_TEST(has(text, part), '"' << text << "\": does not say \"" << part << '"');
}

/// Variables of a prefix, unset again at the end. No test runs beside another in one process.
class variables {
public:
    explicit variables(std::string prefix = "PGREPO_UNIT") : prefix_(std::move(prefix)) {}
    variables(const variables&) = delete;
    variables& operator=(const variables&) = delete;
    ~variables() {
        for (const auto& name : set_) ::unsetenv(name.c_str());
    }
    /// PREFIX_NAME.
    variables& set(const std::string& name, const std::string& value) { return set_plain(prefix_ + "_" + name, value); }
    variables& set_plain(const std::string& name, const std::string& value) {
        set_.push_back(name);
        ::setenv(name.c_str(), value.c_str(), 1);
        return *this;
    }
    /// What is required, for a unix socket.
    variables& socket() { return set("HOST", "/tmp").set("USER", "u").set("DATABASE", "d"); }

    [[nodiscard]] pgrepo::postgres_config read() const { return pgrepo::postgres_config::from_env(prefix_); }
    [[nodiscard]] std::string complaint() const {
        return complaint_of([&] { (void)read(); });
    }

private:
    std::string prefix_;
    std::vector<std::string> set_{};
};

/// The configuration, or the complaint, of a unix socket's environment with one variable more.
inline std::string complaint_with(const std::string& name, const std::string& value) {
    variables env;
    return env.socket().set(name, value).complaint();
}
inline pgrepo::postgres_config config_with(const std::string& name, const std::string& value) {
    variables env;
    return env.socket().set(name, value).read();
}

} // namespace test
