// URLs: what they become, held against libpq's own parser over thousands of them, and what is refused without a word of it.

#include "support/environment.hpp"

#include <pgrepo/pq/impl/libpq.ipp>

#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>

using namespace test;
using namespace pgrepo;

namespace {

std::string complaint(const std::string& url) {
    return complaint_of([&] { (void)postgres_config::from_url(url); });
}
std::optional<postgres_config> taken(const std::string& url) {
    try {
        return postgres_config::from_url(url);
    } catch (const error& caught) {
        BOOST_TEST(to_string(caught.kind()) == "configuration");
        check_silent(caught.what());
        return {};
    }
}

/// What libpq makes of it; nothing where it refuses.
std::optional<std::map<std::string, std::string>> libpq(const std::string& url) {
    struct closer {
        void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
    };
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, closer> options(PQconninfoParse(url.c_str(), &message));
    if (message != nullptr) PQfreemem(message);
    if (!options) return {};
    std::map<std::string, std::string> out;
    for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one)
        if (one->val != nullptr) out[one->keyword] = one->val;
    return out;
}

std::vector<std::string> parts(const std::string& list) {
    std::vector<std::string> out(1);
    for (const char c : list)
        if (c == ',')
            out.emplace_back();
        else
            out.back() += c;
    return out;
}

std::string word(session_target target) {
    switch (target) {
    case session_target::any:
        return "any";
    case session_target::read_write:
        return "read-write";
    case session_target::read_only:
        return "read-only";
    case session_target::primary:
        return "primary";
    case session_target::standby:
        return "standby";
    case session_target::prefer_standby:
        return "prefer-standby";
    }
    return "";
}

/// Both understand the same. `url` is only told where they do not.
void check_same(const postgres_config& ours, std::map<std::string, std::string> theirs, const std::string& url) {
    const auto same = [&](const char* what, const std::string& mine) {
        const std::string libpqs = theirs[what];
        BOOST_TEST(mine == libpqs, url << ": " << what << " is " << mine << " here, and " << libpqs << " with libpq");
        theirs.erase(what);
    };
    same("user", ours.user);
    same("password", ours.password.reveal());
    same("dbname", ours.database);
    std::vector<host_port> mine{{ours.host, ours.port}};
    mine.insert(mine.end(), ours.other_hosts.begin(), ours.other_hosts.end());
    const auto hosts = parts(theirs["host"]);
    const auto ports = parts(theirs["port"]);
    BOOST_TEST_REQUIRE(mine.size() == hosts.size(), url);
    for (std::size_t i = 0; i < mine.size(); ++i) {
        BOOST_TEST(mine[i].host == (hosts[i].empty() ? "localhost" : hosts[i]), url);
        const std::string& port = ports.size() == 1 ? ports[0] : ports.at(i);
        BOOST_TEST(mine[i].port == (port.empty() ? 5432 : std::stoi(port)), url); // libpq reads 05432 as well
    }
    theirs.erase("host");
    theirs.erase("port");
    const postgres_config standard;
    if (theirs.contains("application_name")) same("application_name", ours.application_name);
    if (theirs.contains("connect_timeout"))
        BOOST_TEST(ours.connect_timeout == std::chrono::seconds(std::stoi(theirs["connect_timeout"])), url);
    theirs.erase("connect_timeout");
    if (theirs.contains("sslmode"))
        same("sslmode", ours.tls == tls_mode::verify_full ? "verify-full" : ours.tls == tls_mode::off ? "disable" : "");
    if (theirs.contains("target_session_attrs")) same("target_session_attrs", word(ours.target));
    if (theirs.contains("channel_binding"))
        same("channel_binding", ours.channel_binding == channel_binding_mode::prefer ? "prefer" : "require");
    same("sslrootcert", ours.tls_ca);
    same("sslcert", ours.tls_cert);
    same("sslkey", ours.tls_key);
    for (const auto& [left, value] : theirs) BOOST_ERROR(url << ": libpq has " << left << " as well");
}

/// URLs of many forms. Those that are not odd must be taken by both; what is odd may be refused.
class generator {
public:
    explicit generator(std::uint32_t seed) : random_(seed) {}

    std::string next() {
        odd = false;
        std::string url = one_of({"postgresql://", "postgres://"});
        if (chance(2)) url += text(chance(9)) + (chance(3) ? "" : ":" + text(chance(9))) + "@";
        const bool has_hosts = chance(2);
        if (has_hosts) {
            const int count = chance(3) ? 2 + below(3) : 1;
            for (int i = 0; i < count; ++i) url += (i == 0 ? "" : ",") + host() + (chance(2) ? port() : "");
        }
        if (chance(2)) url += "/" + (chance(4) ? "" : text(false));
        if (chance(2)) {
            std::string names;
            char separator = '?';
            for (int i = 1 + below(3); i > 0; --i) {
                const std::string one = parameter(has_hosts, names);
                if (one.empty()) continue;
                url += separator + one;
                separator = '&';
            }
        }
        return url;
    }
    std::string mutated(std::string url) {
        static constexpr std::string_view bytes = "@:/?&=%,[]#+ 0aZ\n\\'\"\x7f\xC3";
        for (int i = 1 + below(3); i > 0 && !url.empty(); --i) {
            const auto at = static_cast<std::size_t>(below(static_cast<int>(url.size())));
            const char byte = bytes[static_cast<std::size_t>(below(static_cast<int>(bytes.size())))];
            if (chance(3))
                url.erase(at, 1);
            else if (chance(2))
                url.insert(at, 1, byte);
            else
                url[at] = byte;
        }
        return url;
    }
    bool odd = false;

private:
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
    bool chance(int in) { return below(in) == 0; }
    std::string one_of(std::initializer_list<const char*> choices) {
        return *(choices.begin() + below(static_cast<int>(choices.size())));
    }
    /// Percent-encoded as much as must be, and at times more.
    std::string text(bool raw) {
        static constexpr std::string_view plain = "abcXYZ019-._~!$'()*;";
        static constexpr std::string_view others = "@:/?#[]&=+%, \t\"\\<>\n\xC3\xA9";
        std::string out;
        for (int i = 1 + below(6); i > 0; --i) {
            const bool special = chance(3);
            const std::string_view from = special ? others : plain;
            const char c = from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
            if (special && raw) odd = true;
            out += (special && !raw) || chance(8) ? encoded(c) : std::string(1, c);
        }
        if (chance(60)) {
            odd = true;
            out += one_of({"%", "%4", "%zz", "%00", "%0", "%%41"});
        }
        return out;
    }
    std::string encoded(char c) {
        const auto byte = static_cast<unsigned char>(c);
        const std::string_view digits = chance(2) ? "0123456789abcdef" : "0123456789ABCDEF";
        return {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    std::string host() {
        if (chance(20)) {
            odd = true;
            return one_of({"", "[", "[]", "[::1", "[db]", "[::1]x", "a%2Cb", "%zz", "::1", "a b"});
        }
        return one_of({"localhost", "db.example.org", "10.0.0.1", "[::1]", "[2001:db8::7]", "%2Frun%2Fpostgresql",
                       "db%2Dtwo", "h"});
    }
    std::string port() {
        if (chance(20)) {
            odd = true;
            return one_of({":", ":0", ":65536", ":abc", ":-1", ":1:2", ":%31", ": 1", ":99999999999"});
        }
        return ":" + std::to_string(1 + below(65535));
    }
    std::string parameter(bool has_hosts, std::string& names) {
        if (chance(25)) {
            odd = true;
            return one_of({"options=-c%20x=y",
                           "options=x",
                           "service=s",
                           "x=y",
                           "sslmode=require",
                           "sslmode=",
                           "ssl=true",
                           "sslmode=VERIFY-FULL",
                           "user",
                           "user=a=b",
                           "=",
                           "hostaddr=1.2.3.4",
                           "passfile=x",
                           "&",
                           "dbname=a&dbname=b",
                           "application%5Fname=x",
                           "connect_timeout=x",
                           "connect_timeout=0",
                           "target_session_attrs=x",
                           "user=x&user=y"});
        }
        const std::string name = one_of({"application_name", "connect_timeout", "sslmode", "sslrootcert", "sslcert",
                                         "sslkey", "target_session_attrs", "channel_binding", "host"});
        if (names.find(" " + name) != names.npos || (name == "host" && has_hosts)) return {};
        names += " " + name;
        if (name == "connect_timeout") return name + "=" + std::to_string(1 + below(1000));
        if (name == "sslmode") return name + "=" + one_of({"verify-full", "disable"});
        if (name == "channel_binding") return name + "=" + one_of({"require", "prefer"});
        if (name == "host") return name + "=" + one_of({"/run/postgresql", "a%2Cb", "a,b,c", "%2Ftmp"});
        if (name == "target_session_attrs")
            return name + "=" + one_of({"any", "read-write", "read-only", "primary", "standby", "prefer-standby"});
        return name + "=" + text(false);
    }

    std::mt19937 random_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(config_url)

BOOST_AUTO_TEST_CASE(every_part_has_its_field) {
    const auto config = postgres_config::from_url(
        "postgresql://ada:p%40ss%2Fw0rd@db.example.org:6000,[2001:db8::7],10.0.0.1:1/shop%20db?application_name=api"
        "&connect_timeout=5&sslmode=verify-full&sslrootcert=/ca.crt&sslcert=/c.crt&sslkey=/c.key"
        "&target_session_attrs=read-write&channel_binding=prefer");
    BOOST_TEST((config.user == "ada" && config.password.reveal() == "p@ss/w0rd" && config.database == "shop db"));
    BOOST_TEST((config.host == "db.example.org" && config.port == 6000));
    BOOST_TEST((config.other_hosts == std::vector<host_port>{{"2001:db8::7", 5432}, {"10.0.0.1", 1}}));
    BOOST_TEST((config.application_name == "api" && config.connect_timeout == std::chrono::seconds(5)));
    BOOST_TEST((config.tls == tls_mode::verify_full && config.tls_ca == "/ca.crt" && config.tls_cert == "/c.crt"));
    BOOST_TEST((config.tls_key == "/c.key" && config.target == session_target::read_write));
    BOOST_TEST((config.channel_binding == channel_binding_mode::prefer));
    const auto socket =
        postgres_config::from_url("postgres:///shop?host=/run/postgresql&port=6001&user=ada&password=x%3Dy");
    BOOST_TEST((socket.host == "/run/postgresql" && socket.port == 6001 && socket.user == "ada"));
    BOOST_TEST((socket.password.reveal() == "x=y" && socket.database == "shop"));
    const auto nothing = postgres_config::from_url("postgres://");
    BOOST_TEST((nothing.host == "localhost" && nothing.port == 5432 && nothing.user.empty()));
}

BOOST_AUTO_TEST_CASE(no_variable_is_read) {
    variables env;
    env.set_plain("PGUSER", "nobody").set_plain("PGHOST", "elsewhere").set_plain("POSTGRES_USER", "nobody");
    const auto config = postgres_config::from_url("postgres:///shop");
    BOOST_TEST((config.user.empty() && config.host == "localhost"));
    const std::string all = complaint_of([&] { config.validate(); });
    check_says(all, "user is empty");
}

// B48: whatever a password is made of, it comes out as it went in, or the URL is refused without showing any of it.
BOOST_AUTO_TEST_CASE(B48_passwords) {
    for (std::string password : {std::string(canary), std::string(" p'a\"s\\s @/:%?#[]é"), std::string(2000, '%')}) {
        std::string encoded;
        for (const char c : password) {
            static constexpr char digits[] = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
        BOOST_TEST((postgres_config::from_url("postgres://ada:" + encoded + "@h/d").password.reveal() == password));
        BOOST_TEST((postgres_config::from_url("postgres://ada@h/d?password=" + encoded).password.reveal() == password));
    }
    const std::string secret(canary);
    for (const std::string& url : {"postgres://ada:p@" + secret + "@h/d",
                                   "postgres://ada:p/" + secret + "@h/d",
                                   "postgres://ada:p?" + secret + "@h/d",
                                   "postgres://ada:12?application_name=" + secret + "@h/d",
                                   "postgres://ada:" + secret + "%zz@h/d",
                                   "postgres://ada:" + secret + "%00@h/d",
                                   "postgres://ada:" + secret,
                                   "postgres://ada:p/" + secret,
                                   "postgres://h/d?" + secret,
                                   "postgres://h/d?" + secret + "=x",
                                   "postgres://h/d?password=" + secret + "=x",
                                   "postgres://h/d?sslmode=" + secret,
                                   "postgres://h/d?port=" + secret,
                                   "postgres://h:" + secret + "/d",
                                   "postgres://[" + secret + "]/d",
                                   "postgres://h/d?connect_timeout=" + secret,
                                   secret + "://h",
                                   "postgres://h/d?target_session_attrs=" + secret,
                                   "postgres://ada:" + secret + " x@h/d",
                                   "postgres://ada:" + secret + "@h/d?password=x"})
        BOOST_TEST(complaint(url) != "");
}

// B49: no parameter of the URL becomes an option of the session.
BOOST_AUTO_TEST_CASE(B49_parameters_are_those_of_a_list) {
    for (const char* name : {"options", "hostaddr", "passfile", "service", "requirepeer", "sslcrl", "gssencmode",
                             "replication", "client_encoding", "fallback_application_name", "ssl", "HOST", "schema"}) {
        const std::string said = complaint(std::string("postgres://h/d?") + name + "=x");
        check_says(said, "parameter 1 is none that is taken; these are: host, port, user");
    }
    BOOST_TEST(postgres_config::from_url("postgres://h/dbname%3Dx%20host%3Dy").database == "dbname=x host=y"); // B47
}

BOOST_AUTO_TEST_CASE(B53_sslmode_lets_nobody_in) {
    for (const char* mode : {"require", "prefer", "allow", "verify-ca", "verify_full", "VERIFY-FULL", "no"})
        check_says(complaint(std::string("postgres://h/d?sslmode=") + mode),
                   "sslmode is neither verify-full nor disable");
    check_says(complaint("postgres://h/d?sslmode="), "sslmode has no value");
    const auto off = postgres_config::from_url("postgres://u@db.example.org/d?sslmode=disable");
    check_says(complaint_of([&] { off.validate(); }), "tls is off for a network host");
}

// B58: a setting is given once, and all that is wrong is said at once.
BOOST_AUTO_TEST_CASE(B58_nothing_is_given_twice) {
    for (const auto& [url, what] : {std::pair<const char*, const char*>{"postgres://a@h/d?user=b", "user"},
                                    {"postgres://a:b@h/d?password=c", "password"},
                                    {"postgres://h/d?dbname=e", "dbname"},
                                    {"postgres://h/d?host=i", "host"},
                                    {"postgres://h:1/d?port=2", "port"},
                                    {"postgres://h/d?sslcert=a&sslcert=a", "sslcert"},
                                    {"postgres://h/?user=a&user=a", "user"}})
        check_says(complaint(url), std::string(what) + " is given twice");
    const std::string all = complaint("postgres://u%zz@h:0/d%00?x=y&sslmode=no&user&connect_timeout=5s");
    for (const char* part : {"the user's name holds a %", "port is not a whole number",
                             "the database's name holds a zero byte", "parameter 1 is none", "sslmode is neither",
                             "parameter 3 is not name=value", "connect_timeout is not a whole number"})
        check_says(all, part);
}

BOOST_AUTO_TEST_CASE(what_both_take_both_understand_alike) {
    generator urls(20240229);
    int plain = 0, odd = 0, refused = 0;
    for (int i = 0; i < 12000; ++i) {
        const std::string url = urls.next();
        const auto ours = taken(url);
        const auto theirs = libpq(url);
        if (!urls.odd) {
            ++plain;
            BOOST_TEST_REQUIRE(theirs.has_value(), url << ": libpq does not take it");
            BOOST_TEST_REQUIRE(ours.has_value(), url << ": " << complaint(url));
        } else {
            ++odd;
            refused += ours ? 0 : 1;
        }
        if (!ours) continue;
        BOOST_TEST_REQUIRE(theirs.has_value(), url << ": libpq does not take it, and it was taken here");
        check_same(*ours, *theirs, url);
    }
    BOOST_TEST_MESSAGE(plain << " plain, " << odd << " odd, of which refused " << refused);
    BOOST_TEST((plain > 5000 && odd > 1000 && refused > 500));
}

BOOST_AUTO_TEST_CASE(nor_does_damage_make_them_differ) {
    generator urls(7);
    int both = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::string url = urls.mutated(urls.next());
        const auto ours = taken(url);
        if (!ours) continue;
        const auto theirs = libpq(url);
        BOOST_TEST_REQUIRE(theirs.has_value(), url << ": libpq does not take it, and it was taken here");
        check_same(*ours, *theirs, url);
        ++both;
    }
    BOOST_TEST(both > 2000);
}

BOOST_AUTO_TEST_SUITE_END()
