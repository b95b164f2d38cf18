#pragma once

#include <pgrepo/pq/connecting.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/resolve.hpp>
#include <pgrepo/pq/server_error.hpp>
#include <pgrepo/pq/wait.hpp>

#include <netdb.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pgrepo::detail {

PGREPO_DECL connecting::connecting(const settings& with, session_notes& notes)
    : handle_(PQconnectStartParams(with.keywords(), with.values(), 0)) {
    if (!handle_) raise(error_kind::connect_failed, "no session could be opened: libpq is out of memory");
    notes.listen(handle_.get());
    // Makes libpq put the SQLSTATE of a refusal into its text, in every language, and leaves out the server's words.
    PQsetErrorVerbosity(handle_.get(), PQERRORS_SQLSTATE);
    started_ = PQstatus(handle_.get()) != CONNECTION_BAD;
}

PGREPO_DECL int connecting::socket() const noexcept {
    return PQsocket(handle_.get());
}

PGREPO_DECL io connecting::advance() noexcept {
    if (!started_) return io::done;
    if (stage_ == 0) { // the first call: libpq asks to wait until the socket is writable
        stage_ = static_cast<int>(CONNECTION_STARTED);
        return io::want_write;
    }
    if (const auto now = PQstatus(handle_.get()); now != CONNECTION_BAD && now != CONNECTION_OK)
        stage_ = static_cast<int>(now);
    switch (PQconnectPoll(handle_.get())) {
    case PGRES_POLLING_READING:
        return io::want_read;
    case PGRES_POLLING_WRITING:
        return io::want_write;
    case PGRES_POLLING_OK:
        connected_ = PQsetnonblocking(handle_.get(), 1) == 0;
        return io::done;
    default:
        return io::done;
    }
}

/// The SQLSTATE in libpq's text at PQERRORS_SQLSTATE: "…: FATAL:  28P01" at the end of a line.
PGREPO_DECL sqlstate state_in(std::string_view text) noexcept {
    sqlstate found;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        if (line.size() >= 8 && line.substr(line.size() - 8, 3) == ":  ")
            if (const sqlstate state(line.substr(line.size() - 5)); !state.empty()) found = state;
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return found;
}

/// Why the server refused the session, and what to do.
PGREPO_DECL std::string_view refusal(sqlstate state) noexcept {
    if (state == "28P01") return "the password is wrong or the user does not exist; check user and password";
    if (state == "28000")
        return "the server does not let this user in from here, or the user does not exist; check the user and the "
               "server's pg_hba.conf";
    if (state == "3D000") return "the database does not exist; create it or check its name";
    if (state == "42501") return "the user may not connect to this database; GRANT CONNECT ON DATABASE to it";
    if (state == "53300")
        return "the server has no connection left; lower the pools' sizes or raise its max_connections";
    if (state == "57P03") return "the server is starting up, shutting down or recovering; try again in a moment";
    if (state == "08P01")
        return "the server does not take what a session is started with; where a pooler such as PgBouncer stands in "
               "front of it, set pooler to transaction (POOLER=transaction)";
    if (state == "55000") return "the database does not accept connections";
    return "the server refused the session; its log says why";
}

PGREPO_DECL std::string about(const connection_options& options, std::string_view cause) {
    std::string text = "could not open a session with ";
    text.append(describe_endpoint(options)).append(" (user ").append(escaped(options.user, 100));
    text.append(", database ").append(escaped(options.database, 100)).append("): ").append(cause);
    return text;
}

/// After the server has named its process nothing but the role can be wrong, unless it says what (a SQLSTATE) or breaks
/// off. That is known in every language, but forgotten where libpq went on to another address of the host: then its words tell.
PGREPO_DECL bool connecting::of_another_role(const connection_options& options) const noexcept {
    const std::string_view text = PQerrorMessage(handle_.get());
    if (options.target == session_target::any || connected_ || !state_in(text).empty()) return false;
    if (PQbackendPID(handle_.get()) != 0) return true;
    for (const std::string_view words :
         {std::string_view("session is read-only"), std::string_view("session is not read-only"),
          std::string_view("hot standby mode")})
        if (text.find(words) != std::string_view::npos) return true;
    return false;
}

PGREPO_DECL error_details connecting::failure(const connection_options& options) const {
    const std::string_view text = PQerrorMessage(handle_.get());
    const auto says = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
    // libpq writes errno in the language of the process, and so do we.
    const auto says_errno = [&](int code) { return says(std::generic_category().message(code)); };

    error_details out{.kind = error_kind::connect_failed, .state = state_in(text)};
    std::string_view cause;
    if (!out.state.empty()) {
        if (out.state.class_code() == "28") out.kind = error_kind::authentication_failed;
        // No such database; no right to connect.
        out.lasting = out.state.class_code() == "28" || out.state == "3D000" || out.state == "42501";
        cause = refusal(out.state);
    } else if (PQconnectionNeedsPassword(handle_.get()) != 0 || says("fe_sendauth: no password supplied")) {
        out.kind = error_kind::authentication_failed;
        out.lasting = true;
        cause = "the server asks for a password and none is configured; set it";
    } else if (!started_ && std::getenv("PGSERVICE") != nullptr) {
        out.kind = error_kind::configuration;
        out.lasting = true;
        cause = "the environment variable PGSERVICE is set, which libpq obeys before anything else; unset it";
    } else if (of_another_role(options)) {
        cause = options.target == session_target::standby   ? "it is not a standby"
                : options.target == session_target::primary ? "it is a standby and not the primary"
                : options.target == session_target::read_only
                    ? "it takes writes"
                    : "it takes no writes: it is a standby, or read-only by default";
    } else if (says("does not match host name")) {
        out.lasting = true;
        cause = "the server's certificate is for another host name; connect by the name that it states";
    } else if (says("certificate verify failed")) {
        out.lasting = true;
        cause = "the server's certificate is not signed by a trusted authority, or has expired; set tls_ca to the "
                "authority's certificate";
    } else if (says("hannel binding")) {
        out.kind = error_kind::authentication_failed;
        out.lasting = true;
        cause = "the server, or whoever stands in its place, wants the password in another way than SCRAM bound to the "
                "TLS connection, so nothing of it was sent; store it as scram-sha-256 on the server, or, for a server "
                "or proxy that cannot and is verified, set channel_binding to prefer";
    } else if (says("does not match private key") || says("key values mismatch")) {
        out.lasting = true;
        cause = "tls_cert and tls_key do not belong together; name the key that the certificate was made with";
    } else if (!options.tls_cert.empty() && (says(" alert ") || says("certificate file") || says("private key file"))) {
        // Other alerts may be a passing mood of whoever ends TLS there.
        out.lasting = !says(" alert ") || says("certificate") || says("unknown ca");
        cause = "the client's certificate was refused, by the server or on the way; check tls_cert and tls_key: the "
                "authority that the server trusts, the dates, the form";
    } else if (says("server does not support SSL")) {
        out.lasting = true;
        cause = "the server does not offer TLS, which a network host needs; turn on ssl in its configuration";
    } else if (says_errno(ECONNREFUSED)) {
        cause = "connection refused: nothing listens there; check host and port, and that the server is running";
    } else if (says_errno(ENOENT)) {
        cause = "there is no such socket; check directory and port, and that the server is running";
    } else if (says_errno(EACCES) || says_errno(EPERM)) {
        cause = "access to the socket is denied; check its permissions or the firewall";
    } else if (says_errno(ENETUNREACH) || says_errno(EHOSTUNREACH)) {
        cause = "the host cannot be reached from here; check the address and the network";
    } else if (says_errno(ETIMEDOUT)) {
        cause = "the host does not answer; check the address and the firewall";
    } else if (stage_ == static_cast<int>(CONNECTION_SSL_STARTUP)) {
        cause = "TLS could not be set up; check the server's certificate and tls_ca";
    } else if (stage_ == static_cast<int>(CONNECTION_STARTED) || !started_) {
        cause = "the connection could not be made";
    } else {
        cause = "the server broke off while the session was being set up, or does not speak PostgreSQL's protocol";
    }
    out.message = about(options, cause);
    return out;
}

PGREPO_DECL void warn(observer* watcher, std::string_view code, const std::string& text,
                      std::source_location where) noexcept {
    if (watcher != nullptr)
        watcher->on_warning({.code = code, .message = text, .where = where});
    else
        std::fprintf(stderr, "pgrepo: warning: %s\n", text.c_str());
}

/// Each time: who let go of a protection should not forget it.
PGREPO_DECL void warn_of_choices(const connection_options& options, observer* watcher) noexcept {
    try {
        if (options.tls == tls_mode::insecure_no_verify)
            warn(watcher, "unverified_tls",
                 "TLS with " + describe_endpoint(options) +
                     " is not verified: anybody in the middle can read and change everything. Turn "
                     "verification on (SSL_REJECT_UNAUTHORIZED=true) and name the authority's certificate "
                     "(SSL_CA)");
        if (options.error_detail && in_production(options))
            warn(watcher, "error_detail",
                 "errors carry what the server says of values and rows, in production, where they reach logs. Turn "
                 "error_detail off (ERROR_DETAIL=false)");
    } catch (const std::bad_alloc&) {} // then opening will say so
}

/// What came of one host: a session, or why there is none.
struct attempt {
    connection_handle session{};
    error_details failure{};
    std::string_view late{}; // what was being done when the time was over
    bool other_role = false;
};

/// `options` names one host.
PGREPO_DECL attempt try_host(const connection_options& options, deadline until, session_notes& notes,
                             watch_post* post) {
    attempt out{.failure = {.kind = error_kind::connect_failed}};
    const resolved host = resolve(options.host, until, post);
    if (host.timed_out) {
        out.late = "while the host's name was looked up";
        return out;
    }
    if (host.error != 0) {
        out.failure.message =
            about(options, host.error == EAI_NONAME
                               ? "no such host; check the name"
                               : std::string("the host's name could not be looked up: ") + ::gai_strerror(host.error));
        return out;
    }
    const settings with(options, host.addresses);
    connecting step(with, notes);
    if (drive(step, until, post) == wait_outcome::timed_out) {
        out.late = "while the session was being set up";
    } else if (step.connected()) {
        out.session = step.take();
    } else {
        out.failure = step.failure(options);
        out.other_role = step.of_another_role(options);
    }
    return out;
}

/// The hosts of one round, in order, until one gives a session.
class host_round {
public:
    host_round(const connection_options& options, deadline limit, session_notes& notes, watch_post* post)
        : options_(options),
          one_(options),
          limit_(limit),
          until_(earlier(limit, deadline::in(options.connect_timeout))),
          notes_(&notes),
          post_(post) {
        one_.other_hosts.clear();
        if (until_.passed()) raise_late(one_, "before anything was sent");
    }

    /// `rounds_left`: with this one. Hosts whose server had another role go into `others`.
    connection_handle run(session_target target, const std::vector<host_port>& hosts, int rounds_left,
                          std::vector<host_port>& others) {
        one_.target = target;
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            one_.host = hosts[i].host;
            one_.port = hosts[i].port;
            const auto now = deadline::clock::now();
            const auto shares = static_cast<int>(hosts.size() - i) + rounds_left - 1;
            const deadline share(now + (until_.at() - now) / shares);
            attempt got = try_host(one_, shares == 1 ? until_ : share, *notes_, post_);
            if (got.session) return std::move(got.session);
            if (!got.late.empty()) {
                if (until_.passed() || (post_ != nullptr && post_->ended())) raise_late(one_, got.late);
                const auto given = std::chrono::duration_cast<std::chrono::milliseconds>(share.at() - now);
                got.failure.message = no_answer(one_, given, got.late);
            }
            // Another host would say the same.
            if (got.failure.kind != error_kind::connect_failed) raise(std::move(got.failure));
            if (got.other_role) others.push_back(hosts[i]);
            if (!got.other_role || rounds_left == 1) note(std::move(got.failure));
        }
        return {};
    }

    [[noreturn]] void raise_failure() {
        last_.lasting = all_last_;
        if (failures_ > 1) last_.message = "none of the hosts gave a session: " + std::move(said_);
        raise(std::move(last_));
    }

private:
    void note(error_details failure) {
        ++failures_;
        said_.append(said_.empty() ? "" : "; ").append(failure.message);
        all_last_ = all_last_ && failure.lasting;
        last_ = std::move(failure);
    }
    static std::string no_answer(const connection_options& options, std::chrono::milliseconds given,
                                 std::string_view doing) {
        return about(options, "no answer within " + std::to_string(given.count()) + " ms, " + std::string(doing) +
                                  "; check host, port and firewall, or raise connect_timeout");
    }
    [[noreturn]] void raise_late(const connection_options& at, std::string_view doing) {
        if (limit_ == until_)
            raise(error_kind::deadline_exceeded, about(at, std::string("the call's deadline passed ").append(doing)));
        note({.kind = error_kind::connect_failed, .message = no_answer(at, options_.connect_timeout, doing)});
        raise_failure();
    }

    const connection_options& options_;
    connection_options one_;
    deadline limit_;
    deadline until_;
    session_notes* notes_;
    watch_post* post_;
    int failures_ = 0;
    bool all_last_ = true;
    std::string said_{};
    error_details last_{};
};

PGREPO_DECL connection_handle connect(const connection_options& options, deadline limit, session_notes& notes,
                                      watch_post* post) {
    check_options(options);
    warn_of_choices(options, notes.watcher);
    host_round round(options, limit, notes, post);
    std::vector<host_port> hosts{{options.host, options.port}};
    hosts.insert(hosts.end(), options.other_hosts.begin(), options.other_hosts.end());
    std::vector<host_port> others;
    const bool prefers = options.target == session_target::prefer_standby;
    connection_handle session =
        round.run(prefers ? session_target::standby : options.target, hosts, prefers ? 2 : 1, others);
    if (!session && prefers) session = round.run(session_target::any, std::exchange(others, {}), 1, others);
    if (!session) round.raise_failure();
    return session;
}

} // namespace pgrepo::detail
