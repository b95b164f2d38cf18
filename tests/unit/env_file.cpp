// .env files: what a line means, what is refused by its number and without its text, and that the environment wins.

#include "support/environment.hpp"

#include <pgrepo/service/env_file.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

using namespace test;
using pgrepo::postgres_config;

namespace {

std::map<std::string, std::string> parsed(std::string_view text) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : pgrepo::detail::parse_env_file(text, "x.env")) out[name] = value.reveal();
    return out;
}
std::string complaint(std::string_view text) {
    return complaint_of([&] { (void)parsed(text); });
}
/// The value of one line NAME=…
std::string value(const std::string& written) {
    return parsed("NAME=" + written + "\n").at("NAME");
}

struct file {
    explicit file(std::string_view text)
        : path((std::filesystem::temp_directory_path() / ("pgrepo-" + std::to_string(::getpid()) + ".env")).string()) {
        std::ofstream(path, std::ios::binary) << text;
    }
    ~file() { std::filesystem::remove(path); }
    std::string path;
};

} // namespace

BOOST_AUTO_TEST_SUITE(env_file)

BOOST_AUTO_TEST_CASE(values) {
    BOOST_TEST(value("plain") == "plain");
    BOOST_TEST(value("") == "");
    BOOST_TEST(value("two words") == "two words");
    BOOST_TEST(value("end  \t") == "end");
    BOOST_TEST(value("a#b") == "a#b");
    BOOST_TEST(value("a #b") == "a");
    BOOST_TEST(value("a # b # c") == "a");
    BOOST_TEST(value(" # nothing") == "");
    BOOST_TEST(value("a=b=c") == "a=b=c");
    BOOST_TEST(value("$HOME ${HOME} \\n") == "$HOME ${HOME} \\n");
    BOOST_TEST(value("it's") == "it's");
    BOOST_TEST(value("'$HOME \\n \" # '") == "$HOME \\n \" # ");
    BOOST_TEST(value("'' # empty") == "");
    BOOST_TEST(value(R"("a \" \\ \$ ' # $HOME" # more)") == "a \" \\ $ ' # $HOME");
    BOOST_TEST(value(R"("1\n2\r3\t4")") == "1\n2\r3\t4");
    BOOST_TEST(value("é名") == "é名");
}

BOOST_AUTO_TEST_CASE(lines) {
    const auto all = parsed("\xEF\xBB\xBF# first\r\nA=1\r\n\r\n  export B=2\n\t# c\n_c9=3\nD='4'");
    BOOST_TEST((all == std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}, {"_c9", "3"}, {"D", "4"}}));
    BOOST_TEST(parsed("").empty());
    BOOST_TEST(parsed("\n\n").empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_told_by_its_line) {
    const std::string secret(canary);
    for (const std::string& line : std::initializer_list<std::string>{
             secret, "=" + secret, "1A=" + secret, "A B=" + secret, "A =" + secret, "A-B=" + secret, "export",
             "export A", "export =" + secret, "A\xC3\xA9=" + secret})
        check_says(complaint("X=1\n" + line + "\n"), "the file x.env is not understood: line 2: it is not NAME=value");
    check_says(complaint("A= " + secret), "line 1: a value that begins with a space needs quotes");
    check_says(complaint("A='" + secret), "line 1: the quote is not closed");
    check_says(complaint("A=\"" + secret + "\nB=1\""), "line 1: the quote is not closed");
    check_says(complaint("A=\"" + secret + "\\\""), "line 1: the quote is not closed");
    check_says(complaint("A='x'" + secret), "line 1: something stands behind the closing quote");
    check_says(complaint("A=\"x\"# no space"), "line 1: something stands behind the closing quote");
    check_says(complaint("A=\"\\x" + secret + "\""), "line 1: in double quotes a \\ is followed by");
    check_says(complaint("A=1\n\nA=" + secret), "line 3: the name stands in line 1 already");
    check_says(complaint(std::string_view("A=1\0", 4)), "line 1: it holds a zero byte");
    const std::string all = complaint("A\nB='\n# fine\nC=1\nC=2\n");
    for (const char* part : {"line 1: it is not", "; line 2: the quote", "; line 5: the name"}) check_says(all, part);
}

BOOST_AUTO_TEST_CASE(it_stands_behind_the_environment) {
    const file written("PGREPO_UNIT_HOST=/tmp\nPGREPO_UNIT_USER='ada'\nPGREPO_UNIT_PASSWORD=" + std::string(1, '\'') +
                       std::string(canary) +
                       "'\nPGREPO_UNIT_DATABASE=shop\nPGREPO_UNIT_PORT=6000\nAPP_ENV=production\n");
    auto config = postgres_config::from_env_file(written.path, "PGREPO_UNIT");
    BOOST_TEST((config.host == "/tmp" && config.user == "ada" && config.database == "shop" && config.port == 6000));
    BOOST_TEST((config.password.reveal() == canary));
    BOOST_TEST((config.environment == pgrepo::app_environment::production));
    variables env;
    env.set("USER", "grace").set_plain("APP_ENV", "development");
    config = postgres_config::from_env_file(written.path, "PGREPO_UNIT");
    BOOST_TEST((config.user == "grace" && config.environment == pgrepo::app_environment::development));
    env.set("DATABASE", "");
    check_says(complaint_of([&] { (void)postgres_config::from_env_file(written.path, "PGREPO_UNIT"); }),
               "PGREPO_UNIT_DATABASE is set but empty");
    check_says(env.complaint(), "PGREPO_UNIT_HOST is not set"); // nobody asked for the file
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named_with_the_reason) {
    const auto read = [](const std::string& path) {
        return complaint_of([&] { (void)postgres_config::from_env_file(path); });
    };
    check_says(read("/nonexistent/.env"), "the file /nonexistent/.env cannot be read: No such file");
    check_says(read("/tmp"), "the file /tmp cannot be read: Is a directory");
    const file huge(std::string((1 << 20) + 1, '\n'));
    check_says(read(huge.path), "it has more than 1 MiB");
    const file full(std::string(1 << 20, '\n'));
    // read, and nothing in it; of a prefix that nobody else sets
    check_says(complaint_of([&] { (void)postgres_config::from_env_file(full.path, "PGREPO_NOBODYS"); }), "is not set");
}

BOOST_AUTO_TEST_SUITE_END()
