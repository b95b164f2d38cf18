#pragma once

// What environment and URL have in common: words, numbers, and lists of hosts.

#include <pgrepo/base/config.hpp>
#include <pgrepo/base/connection_options.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pgrepo::detail {

inline constexpr std::pair<std::string_view, session_target> session_targets[] = {
    {"any", session_target::any},
    {"read-write", session_target::read_write},
    {"read-only", session_target::read_only},
    {"primary", session_target::primary},
    {"standby", session_target::standby},
    {"prefer-standby", session_target::prefer_standby}};
inline constexpr std::pair<std::string_view, channel_binding_mode> channel_bindings[] = {
    {"require", channel_binding_mode::automatic}, {"prefer", channel_binding_mode::prefer}};
inline constexpr std::pair<std::string_view, pooler_mode> pooler_modes[] = {{"none", pooler_mode::none},
                                                                            {"transaction", pooler_mode::transaction}};

/// The part of a list up to the next comma, and what is behind it.
PGREPO_DECL std::string_view next_part(std::string_view& list) noexcept {
    const auto end = list.find(',');
    const std::string_view part = list.substr(0, end);
    list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
    return part;
}

/// Digits and nothing else, in the range.
template <class Int> std::optional<Int> whole_number(std::string_view text, Int lowest, Int highest) noexcept {
    Int out{};
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, out);
    if (code != std::errc{} || stop != end || out < lowest || out > highest) return {};
    return out;
}

/// The host and the others, of a configuration.
struct host_fields {
    std::string& host;
    std::uint16_t& port;
    std::vector<host_port>& others;
};

/// One host, or a list, each with the port that is set. What is wrong with it; empty: nothing.
PGREPO_DECL std::string take_hosts(host_fields into, std::string_view list) {
    std::vector<host_port> found;
    for (auto count = std::ranges::count(list, ',') + 1; count > 0; --count) {
        found.push_back({std::string(next_part(list)), into.port});
        if (found.back().host.empty()) return "lists an empty host; remove the comma";
    }
    into.host = std::move(found.front().host);
    into.others.assign(std::make_move_iterator(found.begin() + 1), std::make_move_iterator(found.end()));
    return {};
}

/// One port for all hosts, or one for each. What is wrong with it; empty: nothing.
PGREPO_DECL std::string take_ports(host_fields into, std::string_view list) {
    std::vector<std::uint16_t> ports;
    for (auto count = std::ranges::count(list, ',') + 1; count > 0; --count) {
        const auto number = whole_number<std::uint16_t>(next_part(list), 1, 65535);
        if (!number) return "is not a whole number from 1 to 65535";
        ports.push_back(*number);
    }
    const std::size_t hosts = into.others.size() + 1;
    if (ports.size() != 1 && ports.size() != hosts)
        return "lists " + std::to_string(ports.size()) + " ports for " + std::to_string(hosts) +
               (hosts == 1 ? " host" : " hosts") + "; give one for all, or one for each";
    into.port = ports.front();
    for (std::size_t i = 0; i + 1 < hosts; ++i) into.others[i].port = ports.size() == 1 ? ports.front() : ports[i + 1];
    return {};
}

} // namespace pgrepo::detail
