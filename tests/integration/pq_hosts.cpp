// Several hosts: tried in order within one deadline, and by the role that is wanted.

#include "pq_support.hpp"

#include <pgrepo/pgrepo.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace pq_test;
using pgrepo::connection;
using pgrepo::deadline;
using pgrepo::error_kind;
using pgrepo::host_port;
using pgrepo::session_target;

namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A port on loopback that takes connections and says nothing, or one that refuses them.
class port_on_loopback {
public:
    explicit port_on_loopback(bool listens) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        if (listens) BOOST_REQUIRE(::listen(socket_, 8) == 0);
        BOOST_REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    port_on_loopback(const port_on_loopback&) = delete;
    port_on_loopback& operator=(const port_on_loopback&) = delete;
    ~port_on_loopback() { ::close(socket_); }
    [[nodiscard]] host_port host() const { return {"127.0.0.1", port_}; }
    /// Somebody has connected.
    [[nodiscard]] bool met() const {
        const int peer = ::accept(socket_, nullptr, nullptr);
        if (peer >= 0) ::close(peer);
        return peer >= 0;
    }

private:
    int socket_;
    std::uint16_t port_ = 0;
};

host_port real() {
    return {server().host, server().port};
}

/// The directory of the server's socket under another name.
class link_to_the_socket {
public:
    link_to_the_socket() : path_("/tmp/pgrepo_hosts_" + std::to_string(::getpid())) {
        BOOST_REQUIRE(::symlink(real().host.c_str(), path_.c_str()) == 0);
    }
    link_to_the_socket(const link_to_the_socket&) = delete;
    link_to_the_socket& operator=(const link_to_the_socket&) = delete;
    ~link_to_the_socket() { cut(); }
    void cut() const { ::unlink(path_.c_str()); }
    [[nodiscard]] host_port host() const { return {path_, real().port}; }

private:
    std::string path_;
};

pgrepo::connection_options over(const std::vector<host_port>& hosts, session_target target = session_target::any) {
    auto out = server();
    out.connect_timeout = 20s;
    out.host = hosts.front().host;
    out.port = hosts.front().port;
    out.other_hosts.assign(hosts.begin() + 1, hosts.end());
    out.target = target;
    return out;
}

std::string refused(const pgrepo::connection_options& options) {
    const auto caught = failure([&] { (void)connection::open(options); });
    BOOST_TEST((caught.kind() == error_kind::connect_failed), caught.what());
    return caught.what();
}

/// On a standby: whether it is one.
bool recovers(connection& link) {
    return run(link, "SELECT pg_is_in_recovery()").cell_at(0, 0).bytes()[0] == '\1';
}

boost::test_tools::assertion_result there_is_a_replica(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result answer(!environment("POSTGRES_REPLICA_HOST").empty());
    if (!answer) answer.message() << "there is no replica; run it with scripts/with-postgres --replica";
    return answer;
}

/// A database that takes no writes unless it is told to.
struct read_only_database {
    read_only_database() : name("pgrepo_test_read_only_" + std::to_string(::getpid())) {
        run(*root, ("CREATE DATABASE " + name).c_str());
        run(*root, ("ALTER DATABASE " + name + " SET default_transaction_read_only = on").c_str());
    }
    ~read_only_database() { run(*root, ("DROP DATABASE " + name + " WITH (FORCE)").c_str()); }
    std::unique_ptr<connection> root = connection::open(server());
    std::string name;
};

} // namespace

BOOST_AUTO_TEST_SUITE(pq_hosts)

BOOST_AUTO_TEST_CASE(the_first_that_answers_is_taken) {
    const port_on_loopback closed(false), unused(true);
    BOOST_TEST(connection::open(over({closed.host(), real(), unused.host()}))->usable());
    BOOST_TEST(connection::open(over({{"/nonexistent", 1}, closed.host(), real()}))->usable());
    BOOST_TEST(!unused.met());
}

BOOST_AUTO_TEST_CASE(a_service_names_the_host_that_its_newest_session_is_on) {
    const port_on_loopback closed(false);
    const link_to_the_socket link;
    const auto with = over({closed.host(), link.host(), real()});
    pgrepo::postgres_config config;
    config.host = with.host;
    config.port = with.port;
    config.other_hosts = with.other_hosts;
    config.user = with.user;
    config.password = with.password;
    config.database = with.database;
    config.connect_timeout = with.connect_timeout;
    pgrepo::postgres_service service(config);
    const auto where = [&] {
        const auto info = service.connection_info();
        return host_port{info.host, info.port};
    };
    const auto pid = [&] { return service.select_value<std::int32_t>(pgrepo::sql<"SELECT pg_backend_pid()">); };
    BOOST_TEST((where() == link.host()), where().host);

    std::atomic<bool> torn{false};
    std::jthread onlooker([&](const std::stop_token& stop) { // whole, whenever it is asked for
        while (!stop.stop_requested()) {
            const auto seen = where();
            if (seen != link.host() && seen != real()) torn = true;
        }
    });
    link.cut();
    kill_backend(pid());
    std::this_thread::sleep_for(20ms); // it is looked at again
    (void)pid();
    BOOST_TEST((where() == real()), where().host);
    onlooker.request_stop();
    onlooker.join();
    BOOST_TEST(!torn);
    service.close();
    BOOST_TEST((where() == real()));
}

BOOST_AUTO_TEST_CASE(one_that_says_nothing_takes_only_its_share) {
    const port_on_loopback silent(true);
    auto with = over({silent.host(), real()});
    with.connect_timeout = 3s;
    BOOST_TEST(connection::open(with)->usable());
    BOOST_TEST(silent.met());
    with.connect_timeout = 20s;
    BOOST_TEST(connection::open(with, deadline::in(3s))->usable());
}

BOOST_AUTO_TEST_CASE(all_share_one_deadline_and_all_are_told) {
    const port_on_loopback silent(true), mute(true), closed(false);
    auto with = over({silent.host(), closed.host(), mute.host()});
    with.connect_timeout = 300ms;
    const auto start = deadline::clock::now();
    const std::string said = refused(with);
    BOOST_TEST((deadline::clock::now() - start < 10s));
    for (const auto& part :
         {std::string("none of the hosts gave a session"), "port " + std::to_string(silent.host().port),
          "port " + std::to_string(closed.host().port), "port " + std::to_string(mute.host().port),
          std::string("connection refused"), std::string("no answer within 300 ms")})
        BOOST_TEST(has(said, part), said);
    const auto caught = failure([&] { (void)connection::open(with, deadline::in(50ms)); });
    BOOST_TEST((caught.kind() == error_kind::deadline_exceeded), caught.what());
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_tried_once) {
    const port_on_loopback next(true);
    auto with = over({real(), next.host()});
    with.password = pgrepo::secret("pw-Canary_7!x");
    const auto caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST((caught.kind() == error_kind::authentication_failed), caught.what());
    BOOST_TEST(!next.met());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_known_is_passed_over) {
    if (::access("/etc/ssl/certs/ca-certificates.crt", R_OK) != 0) return;
    // The name is a network host's, which needs TLS; the socket beside it goes without.
    BOOST_TEST(connection::open(over({{"no-such-host.invalid", 5432}, real()}))->usable());
}

BOOST_AUTO_TEST_CASE(each_host_is_protected_as_it_must_be) {
    auto with = over({real(), {"db.example.org", 5432}});
    with.tls_ca = "/nonexistent/ca.crt";
    const auto caught = failure([&] { (void)connection::open(with); });
    BOOST_TEST((caught.kind() == error_kind::configuration), caught.what());
    with.tls_ca.clear();
    with.tls = pgrepo::tls_mode::off;
    BOOST_TEST(has(failure([&] { (void)connection::open(with); }).what(), "off for a network host"));
}

BOOST_AUTO_TEST_CASE(the_role_of_a_primary) {
    for (const auto target :
         {session_target::any, session_target::read_write, session_target::primary, session_target::prefer_standby})
        BOOST_TEST(connection::open(over({real()}, target))->usable());
    BOOST_TEST(has(refused(over({real()}, session_target::standby)), "it is not a standby"));
    BOOST_TEST(has(refused(over({real()}, session_target::read_only)), "it takes writes"));
    const port_on_loopback closed(false);
    BOOST_TEST(connection::open(over({closed.host(), real()}, session_target::prefer_standby))->usable());
    const std::string said = refused(over({closed.host(), real()}, session_target::standby));
    BOOST_TEST((has(said, "connection refused") && has(said, "it is not a standby")), said);
}

BOOST_FIXTURE_TEST_CASE(the_role_of_a_read_only_database, read_only_database) {
    const auto with = [&](session_target target) {
        auto out = over({real()}, target);
        out.database = name;
        return out;
    };
    for (const auto target : {session_target::any, session_target::read_only, session_target::primary})
        BOOST_TEST(connection::open(with(target))->usable());
    BOOST_TEST(has(refused(with(session_target::read_write)), "it takes no writes"));
}

BOOST_AUTO_TEST_CASE(of_primary_and_replica_the_wanted_one, *boost::unit_test::precondition(there_is_a_replica)) {
    const host_port replica{environment("POSTGRES_REPLICA_HOST"),
                            static_cast<std::uint16_t>(std::stoi(environment("POSTGRES_REPLICA_PORT")))};
    for (const auto& hosts : {std::vector{real(), replica}, std::vector{replica, real()}}) {
        for (const auto target : {session_target::read_write, session_target::primary})
            BOOST_TEST(!recovers(*connection::open(over(hosts, target))));
        for (const auto target : {session_target::read_only, session_target::standby, session_target::prefer_standby})
            BOOST_TEST(recovers(*connection::open(over(hosts, target))));
        BOOST_TEST(recovers(*connection::open(over(hosts))) == (hosts.front() == replica));
    }
}

BOOST_AUTO_TEST_SUITE_END()
