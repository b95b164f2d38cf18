// B48: whatever a password is made of, it goes to the server as it is, by every way in; and one that the server checks.

#include "service_support.hpp"

#include <pgrepo/pq/connection.hpp>

#include <filesystem>
#include <fstream>

using namespace service_test;

namespace {

/// A role with a password, made by the superuser on the socket.
struct role {
    explicit role(const std::string& password) : name("pgrepo_b48_" + std::to_string(::getpid())) {
        admin("CREATE ROLE " + name + " LOGIN PASSWORD " + literal(password));
    }
    ~role() { admin("DROP ROLE " + name); }

    static std::string literal(const std::string& text) {
        std::string out = "E'";
        for (const char c : text) out.append(c == '\'' || c == '\\' ? 2 : 1, c);
        return out + "'";
    }
    static void admin(const std::string& text) {
        pgrepo::connection_options options;
        options.host = environment("POSTGRES_HOST");
        options.port = static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_PORT")));
        options.user = environment("PGREPO_TEST_ADMIN_USER");
        options.database = environment("POSTGRES_DATABASE");
        auto link = pgrepo::connection::open(options);
        (void)link->execute({.text = text, .id = "admin", .prepare = false}, {});
    }
    std::string name;
};

bool lets_in(const pgrepo::postgres_config& config) {
    try {
        pgrepo::postgres_service service(config);
        return true;
    } catch (const pgrepo::error& failure) {
        check_kind(failure, error_kind::authentication_failed);
        BOOST_TEST(!says(failure, "anary"));
        return false;
    }
}

std::string percent_encoded(const std::string& text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(B48)

BOOST_AUTO_TEST_CASE(by_field_variable_file_and_url) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("pgrepo-b48-" + std::to_string(::getpid()));
    const auto real = server();
    for (const std::string& password :
         {std::string("Canary with space "), std::string(" '\"\\Canary'=x"), std::string("Canary@/:%?#[]&=+,$`!"),
          std::string("host=evil password=Canary"), std::string("Canary-é名-\xF0\x9F\x98\x80"),
          std::string("%41Canary%zz"), std::string(2000, 'C'), std::string("Canary\nand\ttab")}) {
        const role somebody(password);
        auto config = real;
        config.user = somebody.name;
        config.password = pgrepo::secret(password);
        BOOST_TEST(lets_in(config), "field: " << password);
        config.password = pgrepo::secret(password + "x");
        BOOST_TEST(!lets_in(config));

        const auto url = "postgresql://" + somebody.name + ":" + percent_encoded(password) + "@" +
                         percent_encoded(real.host) + ":" + std::to_string(real.port) + "/" + real.database;
        BOOST_TEST(lets_in(pgrepo::postgres_config::from_url(url)), "URL: " << password);

        ::setenv("PGREPO_B48_HOST", real.host.c_str(), 1);
        ::setenv("PGREPO_B48_PORT", std::to_string(real.port).c_str(), 1);
        ::setenv("PGREPO_B48_USER", somebody.name.c_str(), 1);
        ::setenv("PGREPO_B48_DATABASE", real.database.c_str(), 1);
        ::setenv("PGREPO_B48_PASSWORD", password.c_str(), 1);
        BOOST_TEST(lets_in(pgrepo::postgres_config::from_env("PGREPO_B48")), "variable: " << password);
        ::unsetenv("PGREPO_B48_PASSWORD");

        std::string quoted;
        for (const char c : password)
            if (c == '\n')
                quoted += "\\n";
            else
                quoted.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
        std::ofstream(file) << "PGREPO_B48_PASSWORD=\"" << quoted << "\"\n";
        BOOST_TEST(lets_in(pgrepo::postgres_config::from_env_file(file.string(), "PGREPO_B48")), "file: " << password);
    }
    for (const char* name : {"HOST", "PORT", "USER", "DATABASE"})
        ::unsetenv((std::string("PGREPO_B48_") + name).c_str());
    std::filesystem::remove(file);
}

// B57, with a server: a password of the home directory is taken only where that was asked for.
BOOST_AUTO_TEST_CASE(B57_a_password_file_counts_when_it_is_asked_for) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("pgrepo-b57-" + std::to_string(::getpid()));
    std::ofstream(file) << "*:*:*:*:" << environment("POSTGRES_PASSWORD") << '\n';
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const std::string before = environment("PGPASSWORD");
    ::unsetenv("PGPASSWORD");
    ::setenv("PGPASSFILE", file.c_str(), 1);
    auto config = server();
    config.password = {};
    BOOST_TEST(!lets_in(config));
    config.ambient = true;
    BOOST_TEST(lets_in(config));
    ::unsetenv("PGPASSFILE");
    BOOST_TEST(!lets_in(config));
    if (!before.empty()) ::setenv("PGPASSWORD", before.c_str(), 1);
    BOOST_TEST(lets_in(config) == !before.empty());
    std::filesystem::remove(file);
}

BOOST_AUTO_TEST_SUITE_END()
