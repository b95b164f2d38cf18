#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/base/secret.hpp>
#include <pgrepo/service/config_url.hpp>
#include <pgrepo/service/impl/config_words.ipp>
#include <pgrepo/service/postgres_config.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgrepo::detail {

/// Reads one URL. Problems name parts of it and parameters that are known, and never what stands there: what looks like
/// a host, or like a parameter's name, may be the rest of a password.
class url_reader {
public:
    postgres_config read(std::string_view url) {
        read_all(url);
        if (!problems_.empty()) raise(error_kind::configuration, "the URL does not describe a database: " + problems_);
        return std::move(config_);
    }

private:
    void problem(std::string_view what, std::string_view is) {
        problems_.append(problems_.empty() ? "" : "; ").append(what).append(" ").append(is);
    }

    host_fields fields() noexcept { return {config_.host, config_.port, config_.other_hosts}; }

    void read_all(std::string_view url) {
        for (const std::string_view scheme : {std::string_view("postgresql://"), std::string_view("postgres://")})
            if (url.starts_with(scheme)) {
                url.remove_prefix(scheme.size());
                return read_parts(url);
            }
        problem("it", "does not begin with postgres:// or postgresql://");
    }

    void read_parts(std::string_view rest) {
        if (std::ranges::any_of(rest, [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
            return problem("it", "holds a space or a control character; percent-encode it (%20)");
        const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
        std::string_view hosts = rest.substr(0, authority_end);
        // A password with a raw '@' or '/' would end early, and the rest of it be taken for a host, or for a path.
        const auto at = hosts.rfind('@');
        if (std::ranges::count(rest, '@') > (at == std::string_view::npos ? 0 : 1))
            return problem("it", "holds an '@' that does not end user and password; percent-encode it (%40), and in a "
                                 "password also / (%2F), ? (%3F) and % (%25)");
        if (at != std::string_view::npos) {
            read_credentials(hosts.substr(0, at));
            hosts.remove_prefix(at + 1);
        }
        read_hosts(hosts);

        rest.remove_prefix(authority_end);
        const auto query = rest.find('?');
        if (std::string_view path = rest.substr(0, query); path.size() > 1)
            take_text("dbname", "the database's name", path.substr(1), config_.database);
        if (query != std::string_view::npos && query + 1 < rest.size()) read_query(rest.substr(query + 1));
        // Only now is it known how many hosts there are.
        if (!ports_.empty())
            if (const std::string wrong = take_ports(fields(), ports_); !wrong.empty()) problem("port", wrong);
    }

    void read_credentials(std::string_view text) {
        const auto colon = text.find(':');
        if (const auto user = text.substr(0, colon); !user.empty())
            take_text("user", "the user's name", user, config_.user);
        if (colon != std::string_view::npos && colon + 1 < text.size()) take_password(text.substr(colon + 1));
    }

    void read_hosts(std::string_view list) {
        if (list.empty()) return;
        std::vector<host_port> found;
        const auto count = std::ranges::count(list, ',') + 1;
        for (auto left = count; left > 0; --left) {
            std::string_view one = next_part(list);
            host_port& into = found.emplace_back();
            std::optional<std::string> host;
            if (one.starts_with('[')) {
                const auto end = one.find(']');
                if (end == std::string_view::npos || one.substr(1, end - 1).find(':') == std::string_view::npos ||
                    (end + 1 < one.size() && one[end + 1] != ':'))
                    return problem("host", "begins with '[' and is no IPv6 address in brackets");
                host = decoded("host", one.substr(1, end - 1));
                one.remove_prefix(end + 1);
            } else {
                const auto end = std::min(one.find(':'), one.size());
                host = decoded("host", one.substr(0, end));
                one.remove_prefix(end);
            }
            if (!host) return;
            into.host = std::move(*host);
            if (into.host.find(',') != std::string::npos) return problem("host", "holds an encoded comma");
            if (into.host.empty() && count > 1) return problem("host", "lists an empty host; remove the comma");
            if (one.empty()) continue;
            const auto port = whole_number<std::uint16_t>(one.substr(1), 1, 65535);
            if (!port)
                return problem("port", "is not a whole number from 1 to 65535 (where a password stands there, percent-"
                                       "encode / ? and @ in it; an IPv6 address needs brackets)");
            into.port = *port;
            has_port_ = true;
        }
        if (!found.front().host.empty()) {
            given_.emplace_back("host");
            config_.host = std::move(found.front().host);
        }
        config_.port = found.front().port;
        if (has_port_) given_.emplace_back("port");
        config_.other_hosts.assign(std::make_move_iterator(found.begin() + 1), std::make_move_iterator(found.end()));
    }

    void read_query(std::string_view query) {
        for (int number = 1; !query.empty(); ++number) {
            const auto end = query.find('&');
            const std::string_view one = query.substr(0, end);
            query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
            const std::string which = "parameter " + std::to_string(number);
            const auto equals = one.find('=');
            if (equals == std::string_view::npos || one.find('=', equals + 1) != std::string_view::npos) {
                problem(which, "is not name=value (an = in a value is %3D)");
                continue;
            }
            read_parameter(which, one.substr(0, equals), one.substr(equals + 1));
        }
    }

    void read_parameter(const std::string& which, std::string_view name, std::string_view value) {
        static constexpr std::string_view known[] = {"host",
                                                     "port",
                                                     "user",
                                                     "password",
                                                     "dbname",
                                                     "application_name",
                                                     "connect_timeout",
                                                     "sslmode",
                                                     "sslrootcert",
                                                     "sslcert",
                                                     "sslkey",
                                                     "target_session_attrs",
                                                     "channel_binding"};
        const auto found = std::ranges::find(known, name);
        if (found == std::end(known)) {
            std::string names;
            for (const std::string_view one : known) names.append(names.empty() ? "" : ", ").append(one);
            return problem(which, "is none that is taken; these are: " + names);
        }
        const std::string_view as = *found; // a constant, where `name` is part of the URL
        if (value.empty()) return problem(as, "has no value; give it one or leave it out");
        if (as == "password") return take_password(value);
        if (std::string text; take_text(as, as, value, text)) take_parameter(as, text);
    }

    void take_parameter(std::string_view as, const std::string& text) {
        if (as == "host") {
            if (const std::string wrong = take_hosts(fields(), text); !wrong.empty()) problem(as, wrong);
        } else if (as == "port") {
            ports_ = text;
        } else if (as == "user") {
            config_.user = text;
        } else if (as == "dbname") {
            config_.database = text;
        } else if (as == "application_name") {
            config_.application_name = text;
        } else if (as == "sslrootcert") {
            config_.tls_ca = text;
        } else if (as == "sslcert") {
            config_.tls_cert = text;
        } else if (as == "sslkey") {
            config_.tls_key = text;
        } else if (as == "connect_timeout") {
            if (const auto seconds = whole_number<int>(text, 1, most_milliseconds / 1000))
                config_.connect_timeout = std::chrono::seconds(*seconds);
            else
                problem(as, "is not a whole number of seconds from 1 to " + std::to_string(most_milliseconds / 1000));
        } else if (as == "sslmode") {
            if (text == "verify-full")
                config_.tls = tls_mode::verify_full;
            else if (text == "disable")
                config_.tls = tls_mode::off;
            else
                problem(as,
                        "is neither verify-full nor disable (for loopback and unix sockets); the others let anybody "
                        "in the middle in. Leave it out: a network host is verified");
        } else if (as == "target_session_attrs") {
            pick(as, text, config_.target, session_targets);
        } else {
            pick(as, text, config_.channel_binding, channel_bindings);
        }
    }

    template <class Enum, std::size_t Count>
    void pick(std::string_view as, std::string_view given, Enum& into,
              const std::pair<std::string_view, Enum> (&known)[Count]) {
        std::string names;
        for (const auto& [name, meant] : known) {
            if (given == name) {
                into = meant;
                return;
            }
            names.append(names.empty() ? "" : ", ").append(name);
        }
        problem(as, "is not one of " + names);
    }

    /// Each setting once: in the URL's own place for it or as a parameter. False: there is a problem.
    bool take_text(std::string_view setting, std::string_view what, std::string_view encoded, std::string& into) {
        if (std::ranges::find(given_, setting) != given_.end()) {
            problem(setting, "is given twice; leave one out");
            return false;
        }
        given_.push_back(setting);
        auto text = decoded(what, encoded);
        if (text) into = std::move(*text);
        return text.has_value();
    }
    void take_password(std::string_view encoded) {
        std::string text;
        if (take_text("password", "the password", encoded, text)) config_.password = secret(text);
        wipe(text);
    }

    std::optional<std::string> decoded(std::string_view what, std::string_view text) {
        const auto digit = [](char c) {
            return c >= '0' && c <= '9'   ? c - '0'
                   : c >= 'a' && c <= 'f' ? c - 'a' + 10
                   : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                          : -1;
        };
        std::string out;
        out.reserve(text.size()); // so that no copy is left behind
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') {
                out += text[i];
                continue;
            }
            const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
            const int low = high < 0 ? -1 : digit(text[i + 2]);
            if (low < 0 || (high == 0 && low == 0)) {
                problem(what, low < 0 ? "holds a % without two hexadecimal digits behind it; a % is %25"
                                      : "holds a zero byte (%00)");
                wipe(out);
                return {};
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
        return out;
    }

    postgres_config config_{};
    std::string ports_{}; // of the parameter
    bool has_port_ = false;
    std::vector<std::string_view> given_{}; // constants
    std::string problems_{};
};

PGREPO_DECL postgres_config read_url(std::string_view url) {
    return url_reader().read(url);
}

} // namespace pgrepo::detail
