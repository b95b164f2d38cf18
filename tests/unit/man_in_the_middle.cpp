// Whoever stands in the server's place does not get the password: neither in clear nor as something to be used instead.

#include "support/environment.hpp"
#include "support/middleman.hpp"

#include <pgrepo/pq/connection.hpp>
#include <pgrepo/pq/impl/libpq.ipp>

#include <fstream>
#include <iterator>

using namespace test;
using namespace pgrepo;

namespace {

const std::string cleartext = middleman::request(3);
const std::string md5 = middleman::request(5, "salt");
const std::string nothing = middleman::request(0);
const std::string plain_scram = middleman::request(10, std::string("SCRAM-SHA-256\0\0", 15));

struct setting {
    certificates files{};

    /// Loopback by an address that counts as a network's: what is automatic there is what is tested.
    [[nodiscard]] connection_options options(const middleman& at) const {
        connection_options out;
        out.host = "0.0.0.0";
        out.port = at.port();
        out.user = "ada";
        out.password = secret(canary);
        out.database = "shop";
        out.tls_ca = files.file("ca.crt");
        out.connect_timeout = std::chrono::seconds(30);
        return out;
    }
    [[nodiscard]] middleman with(const std::string& question, const std::string& certificate) const {
        return middleman(question, files.file(certificate + ".crt"), files.file(certificate + ".key"));
    }
};

struct listener : observer {
    void on_warning(const warning_event& event) noexcept override { codes.emplace_back(event.code); }
    std::vector<std::string> codes{};
};

/// No session, a worded error, and nothing that was heard answers a question: not even a message that would.
std::string refused(const connection_options& options, middleman& at, observer* watcher = nullptr) {
    std::string said;
    try {
        (void)connection::open(options, {}, watcher);
        BOOST_ERROR("a session was opened");
    } catch (const error& caught) {
        said = caught.what();
        BOOST_TEST(caught.lasting(), said); // a pool does not go on trying
    }
    check_silent(said);
    const std::string& heard = at.heard();
    check_silent(heard);
    BOOST_TEST(heard.find(std::string("p\0\0\0", 4)) == heard.npos, "an answer was sent");
    return said;
}

bool heard_by_libpq(const setting& with, const std::string& question, const std::string& certificate,
                    const char* sslmode) {
    auto at = certificate.empty()
                  ? middleman(question)
                  : middleman(question, with.files.file(certificate + ".crt"), with.files.file(certificate + ".key"));
    const std::string port = std::to_string(at.port()), password(canary);
    const char* keys[] = {"host", "port", "user", "password", "dbname", "sslmode", "channel_binding", nullptr};
    const char* values[] = {"127.0.0.1", port.c_str(), "ada", password.c_str(), "shop", sslmode, "prefer", nullptr};
    PGconn* link = PQconnectStartParams(keys, values, 0);
    for (auto next = PGRES_POLLING_WRITING; next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING;
         next = PQconnectPoll(link)) { // until the middleman has heard enough
        pollfd socket{PQsocket(link), static_cast<short>(next == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        if (::poll(&socket, 1, 20000) <= 0) break;
    }
    PQfinish(link);
    return at.heard().find(canary) != std::string::npos;
}

} // namespace

BOOST_TEST_DECORATOR(*boost::unit_test::precondition(there_is_openssl))
BOOST_FIXTURE_TEST_SUITE(man_in_the_middle, setting)

// Without this, the tests below could pass because the middleman hears nothing at all.
BOOST_AUTO_TEST_CASE(it_does_hear_a_password_that_is_sent) {
    BOOST_TEST(heard_by_libpq(*this, cleartext, "", "prefer"));
    BOOST_TEST(heard_by_libpq(*this, cleartext, "stranger", "prefer"));
    BOOST_TEST(heard_by_libpq(*this, cleartext, "stranger", "require"));
}

BOOST_AUTO_TEST_CASE(without_tls) {
    for (const auto& question : {cleartext, md5, plain_scram, nothing}) {
        middleman at(question);
        check_says(refused(options(at), at), "does not offer TLS");
        BOOST_TEST(at.heard() == ""); // not even who wanted what
    }
}

BOOST_AUTO_TEST_CASE(with_a_certificate_of_its_own) {
    for (const auto& question : {cleartext, md5, nothing}) {
        auto at = with(question, "stranger");
        check_says(refused(options(at), at), "not signed by a trusted authority");
        BOOST_TEST(at.heard() == "");
    }
}

BOOST_AUTO_TEST_CASE(with_somebody_elses_certificate) {
    auto at = with(cleartext, "other");
    check_says(refused(options(at), at), "another host name");
    BOOST_TEST(at.heard() == "");
}

BOOST_AUTO_TEST_CASE(with_a_certificate_that_has_expired) {
    auto at = with(cleartext, "expired");
    check_says(refused(options(at), at), "has expired");
    BOOST_TEST(at.heard() == "");
}

// A proxy, or an authority that signs too much: the password is still bound to this connection.
BOOST_AUTO_TEST_CASE(with_a_certificate_that_is_trusted) {
    for (const auto& question : {cleartext, md5, nothing, plain_scram}) {
        auto at = with(question, "server");
        check_says(refused(options(at), at), "SCRAM bound to the TLS connection");
        BOOST_TEST(at.heard() != ""); // it came as far as the question
    }
}

BOOST_AUTO_TEST_CASE(unverified_and_warned_of_at_each_connect) {
    listener watcher;
    for (const auto& question : {cleartext, md5, nothing, plain_scram}) {
        auto at = with(question, "stranger");
        auto options = this->options(at);
        options.tls = tls_mode::insecure_no_verify;
        check_says(refused(options, at, &watcher), "SCRAM bound to the TLS connection");
        BOOST_TEST(at.heard() != "");
    }
    BOOST_TEST(watcher.codes == std::vector<std::string>(4, "unverified_tls"), boost::test_tools::per_element());

    middleman at(cleartext);
    auto options = this->options(at);
    options.tls = tls_mode::insecure_no_verify;
    check_says(refused(options, at, &watcher), "does not offer TLS"); // encrypted it must be
    options.channel_binding = channel_binding_mode::prefer;
    check_says(refused(options, at, &watcher), "channel_binding is prefer, and the server is not verified");
}

BOOST_AUTO_TEST_CASE(without_an_observer_the_warning_goes_to_stderr) {
    auto at = with(cleartext, "stranger");
    auto options = this->options(at);
    options.tls = tls_mode::insecure_no_verify;
    const std::string path = files.file("stderr");
    const descriptor before(::dup(2)), into(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ::dup2(into.get(), 2);
    (void)refused(options, at);
    ::dup2(before.get(), 2);
    std::ifstream in(path);
    const std::string said((std::istreambuf_iterator<char>(in)), {});
    check_says(said, "pgrepo: warning: TLS with 0.0.0.0, port ");
    check_silent(said);
}

BOOST_AUTO_TEST_CASE(preferring_is_for_a_verified_server_and_hands_the_password_to_it) {
    auto at = with(cleartext, "server");
    auto options = this->options(at);
    options.channel_binding = channel_binding_mode::prefer;
    BOOST_CHECK_THROW((void)connection::open(options), error);
    BOOST_TEST((at.heard().find(canary) != std::string::npos));
    auto stranger = with(cleartext, "stranger");
    options.port = stranger.port();
    (void)refused(options, stranger);
}

// B56: an address is verified too, and an error says what to do.
BOOST_AUTO_TEST_CASE(B56_an_address_needs_a_certificate_that_states_it) {
    auto at = with(cleartext, "server"); // for localhost and 0.0.0.0
    auto options = this->options(at);
    options.host = "127.0.0.1";
    options.tls = tls_mode::verify_full;
    check_says(refused(options, at), "connect by the name that it states");
}

BOOST_AUTO_TEST_SUITE_END()
