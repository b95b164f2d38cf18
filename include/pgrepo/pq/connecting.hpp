#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/connection_options.hpp>
#include <pgrepo/base/deadline.hpp>
#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/deadline_watch.hpp>
#include <pgrepo/pq/handles.hpp>
#include <pgrepo/pq/io.hpp>
#include <pgrepo/pq/session_notes.hpp>
#include <pgrepo/pq/settings.hpp>

#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace pgrepo::detail {

/// The opening of a session as a step without I/O of its own. Construction may block only where libpq's
/// PQconnectStartParams does; given addresses in digits that is nowhere but in connect(2) to a full unix socket.
class connecting {
public:
    connecting(const settings& with, session_notes& notes);
    connecting(const connecting&) = delete;
    connecting& operator=(const connecting&) = delete;

    [[nodiscard]] io advance() noexcept;
    [[nodiscard]] int socket() const noexcept;

    [[nodiscard]] bool connected() const noexcept { return connected_; }
    /// The open session, in non-blocking mode. Precondition: connected.
    [[nodiscard]] connection_handle take() noexcept { return std::move(handle_); }
    /// There is a server, but not one of the role that `options.target` wants.
    [[nodiscard]] bool of_another_role(const connection_options& options) const noexcept;
    /// Why there is none: kind, SQLSTATE and message, in our words. libpq's text is only matched, never passed on: at
    /// this point it holds what an unauthenticated server says.
    [[nodiscard]] error_details failure(const connection_options& options) const;

private:
    connection_handle handle_;
    int stage_ = 0; // PQstatus before the last step
    bool started_ = false;
    bool connected_ = false;
};

/// Opens a session and waits for it; what `connection::open` documents. Hosts are tried one by one, each with an even
/// share of the time that is left, so that one that does not answer leaves enough for the next. A wrong password
/// ends it: the others would refuse it, too, and lock the user out sooner. Preferring a standby is two
/// rounds, the second over those that were none.
/// `post` may be null; its `end` ends this, too.
[[nodiscard]] connection_handle connect(const connection_options& options, deadline limit, session_notes& notes,
                                        watch_post* post = nullptr);

/// Without an observer it goes to stderr: for warnings of which nobody may be unaware.
void warn(observer* watcher, std::string_view code, const std::string& text, std::source_location where = {}) noexcept;

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/connecting.ipp>
#endif
