#pragma once

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/connection_options.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace pgrepo::detail {

/// What the session is to have set as it starts, for libpq's keyword "options": no round trip is spent on it, and RESET
/// and DISCARD ALL come back to it. Empty: nothing, or a pooler stands in between.
[[nodiscard]] std::string session_options(const connection_options& options);

/// libpq's word for it.
[[nodiscard]] std::string_view target_word(session_target target) noexcept;

/// The keyword and value arrays that libpq opens a session with, each ended by null. Every keyword that an environment
/// variable or a file in the home directory could fill is given a value: libpq takes an empty one for none.
/// Views the options' password: they must outlive it.
class settings {
public:
    /// Of `host` alone; the others are tried by `connect`. `addresses`: what its name means, in digits, in the order to be tried; empty for a unix socket.
    settings(const connection_options& options, const std::vector<std::string>& addresses);
    settings(const settings&) = delete;
    settings& operator=(const settings&) = delete;

    [[nodiscard]] const char* const* keywords() const noexcept { return keywords_.data(); }
    [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }

    /// Environment variables that libpq sends to the server whatever it is told, as far as set: "PGTZ, PGDATESTYLE".
    [[nodiscard]] static std::string unavoidable();

    /// As PQlibVersion(): 150018 for 15.18.
    [[nodiscard]] static int libpq_version() noexcept;
    /// Why a libpq of this PQlibVersion() should be replaced; empty where it need not be.
    [[nodiscard]] static std::string faults_of_libpq(int version);

private:
    void add(const char* option_name, std::string value);
    void add_view(const char* option_name, const char* value);

    std::deque<std::string> texts_{}; // a deque: c_str() of a short string must not move
    std::vector<const char*> keywords_{};
    std::vector<const char*> values_{};
};

} // namespace pgrepo::detail

#if !defined(PGREPO_SEPARATE_COMPILATION)
#include <pgrepo/pq/impl/settings.ipp>
#endif
