// B54: a TLS file that cannot be used is named with the reason before anything is sent, and never by content.

#include "support/environment.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace test;
using namespace pgrepo;

namespace {

const std::string certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const std::string key = "-----BEGIN PRIVATE KEY-----\n" + std::string(canary) + "\n-----END PRIVATE KEY-----\n";

struct directory {
    directory() {
        std::string name = (std::filesystem::temp_directory_path() / "pgrepo-files-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~directory() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) const {
        const std::string at = path + "/" + name;
        std::ofstream(at) << text;
        ::chmod(at.c_str(), mode);
        return at;
    }
    std::string path;
};

std::string complaint(const std::string& ca, const std::string& cert, const std::string& private_key) {
    variables env;
    env.set("HOST", "db.example.org").set("USER", "u").set("PASSWORD", std::string(canary)).set("DATABASE", "d");
    if (!ca.empty()) env.set("SSL_CA", ca);
    if (!cert.empty()) env.set("SSL_CERT", cert);
    if (!private_key.empty()) env.set("SSL_KEY", private_key);
    return env.complaint();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(B54, directory)

BOOST_AUTO_TEST_CASE(good_files_are_taken) {
    const auto ca = file("ca.crt", "# our authority\n" + certificate, 0644), cert = file("c.crt", certificate, 0644);
    for (const auto& text : {key, std::string("-----BEGIN EC PARAMETERS-----\nx\n-----END EC PARAMETERS-----\n"
                                              "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----\n")})
        BOOST_TEST(complaint(ca, cert, file("c.key", text)) == "");
    BOOST_TEST(complaint(file("trusted.crt", "-----BEGIN TRUSTED CERTIFICATE-----"), "", "") == "");
}

BOOST_AUTO_TEST_CASE(each_is_named_with_the_reason) {
    const auto says = [](const std::string& text, const char* variable, const std::string& at, const char* reason) {
        check_says(text,
                   std::string("PGREPO_UNIT_") + variable + " names a file that cannot be used, " + at + ": " + reason);
    };
    const auto good_key = file("good.key", key), good = file("good.crt", certificate);
    const std::string missing = path + "/missing", empty = file("empty", ""),
                      other = file("other", "nothing of the kind");
    for (const auto& [bad, reason] : {std::pair<std::string, const char*>{missing, "No such file"},
                                      {path, "it is a directory"},
                                      {"/dev/null", "it is not a regular file"},
                                      {empty, "it is empty"},
                                      {other, "it holds no certificate in PEM form"},
                                      {good_key, "it holds no certificate in PEM form"}}) {
        says(complaint(bad, "", ""), "SSL_CA", bad, reason);
        says(complaint(good, bad, good_key), "SSL_CERT", bad, reason);
    }
    for (const auto& [bad, reason] : {std::pair<std::string, const char*>{missing, "No such file"},
                                      {path, "it is a directory"},
                                      {empty, "it is empty"},
                                      {other, "it holds no private key in PEM form"},
                                      {good, "it holds no private key in PEM form"}})
        says(complaint(good, good, bad), "SSL_KEY", bad, reason);
    // all at once
    const auto all = complaint(missing, empty, other);
    for (const char* variable : {"SSL_CA", "SSL_CERT", "SSL_KEY"}) check_says(all, variable);
    if (::geteuid() != 0) // root reads everything
        says(complaint(file("closed.crt", certificate, 0), "", ""), "SSL_CA", path + "/closed.crt",
             "Permission denied");
}

BOOST_AUTO_TEST_CASE(a_key_is_for_its_owners_eyes_and_needs_no_passphrase) {
    const auto good = file("good.crt", certificate);
    for (const mode_t mode : {0644U, 0604U, 0620U, 0660U, 0601U}) {
        const std::string text = complaint(good, good, file("open.key", key, mode));
        check_says(text, "others than its owner may read or change it; chmod 600 it");
    }
    for (const mode_t mode : {0600U, 0400U}) BOOST_TEST(complaint(good, good, file("shut.key", key, mode)) == "");
    for (const char* text :
         {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nx\n"})
        check_says(complaint(good, good, file("locked.key", text)), "the key in it needs a passphrase");
}

BOOST_AUTO_TEST_CASE(certificate_and_key_come_together) {
    const auto good = file("good.crt", certificate), good_key = file("good.key", key);
    check_says(complaint(good, good, ""), "PGREPO_UNIT_SSL_KEY is not set, but a client certificate is");
    check_says(complaint(good, "", good_key), "PGREPO_UNIT_SSL_CERT is not set, but a client key is");
}

BOOST_AUTO_TEST_CASE(a_client_certificate_stands_for_a_password) {
    const auto good = file("good.crt", certificate);
    variables env;
    env.set("HOST", "db.example.org").set("USER", "u").set("DATABASE", "d").set("SSL_CA", good);
    check_says(env.complaint(), "PGREPO_UNIT_PASSWORD is not set");
    BOOST_TEST(env.set("SSL_CERT", good).set("SSL_KEY", file("good.key", key)).complaint() == "");
}

BOOST_AUTO_TEST_SUITE_END()
