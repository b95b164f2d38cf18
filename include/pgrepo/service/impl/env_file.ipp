#pragma once

#include <pgrepo/base/error.hpp>
#include <pgrepo/pq/server_error.hpp>
#include <pgrepo/service/env_file.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace pgrepo::detail {

/// One line's value. What is wrong with it is in `problem`.
struct env_value {
    std::string text{};
    std::string_view problem{};
};

inline constexpr std::string_view env_blanks = " \t";

/// Behind a closing quote stands nothing but a comment.
PGREPO_DECL bool is_end_of_env_line(std::string_view rest) noexcept {
    const auto first = rest.find_first_not_of(env_blanks);
    return first == std::string_view::npos || (first > 0 && rest[first] == '#');
}

PGREPO_DECL env_value quoted_env_value(std::string_view rest) {
    const char quote = rest.front();
    env_value out;
    out.text.reserve(rest.size()); // so that no copy is left behind
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == quote) {
            if (!is_end_of_env_line(rest.substr(i + 1))) out.problem = "something stands behind the closing quote";
            return out;
        }
        if (quote == '"' && rest[i] == '\\') {
            static constexpr std::string_view written = "nrt\\\"$", meant = "\n\r\t\\\"$";
            const auto which = i + 1 < rest.size() ? written.find(rest[i + 1]) : std::string_view::npos;
            if (which == std::string_view::npos) {
                out.problem =
                    "in double quotes a \\ is followed by one of n r t \\ \" $; single quotes take all as it is";
                return out;
            }
            out.text += meant[which];
            ++i;
        } else {
            out.text += rest[i];
        }
    }
    out.problem = "the quote is not closed; a value ends on its line";
    return out;
}

PGREPO_DECL env_value env_value_of(std::string_view rest) {
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) return quoted_env_value(rest);
    for (std::size_t i = 1; i < rest.size(); ++i)
        if (rest[i] == '#' && env_blanks.find(rest[i - 1]) != std::string_view::npos) rest = rest.substr(0, i);
    const auto last = rest.find_last_not_of(env_blanks);
    rest = rest.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (!rest.empty() && env_blanks.find(rest.front()) != std::string_view::npos)
        return {{}, "a value that begins with a space needs quotes"};
    return {std::string(rest), {}};
}

/// The name before '=', which is taken off the line; nothing where there is none.
PGREPO_DECL std::optional<std::string_view> env_name(std::string_view& line) noexcept {
    constexpr std::string_view exported = "export ";
    if (line.starts_with(exported)) line.remove_prefix(exported.size());
    std::size_t size = 0;
    const auto fits = [&](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (size > 0 && c >= '0' && c <= '9');
    };
    while (size < line.size() && fits(line[size])) ++size;
    if (size == 0 || size == line.size() || line[size] != '=') return {};
    const std::string_view name = line.substr(0, size);
    line.remove_prefix(size + 1);
    return name;
}

PGREPO_DECL variable_map parse_env_file(std::string_view text, const std::string& path) {
    variable_map out;
    std::map<std::string_view, int> lines; // where each name stands
    std::string problems;
    int number = 0;
    const auto problem = [&](std::string_view is) {
        problems.append(problems.empty() ? "line " : "; line ").append(std::to_string(number)).append(": ").append(is);
    };
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    while (!text.empty()) {
        ++number;
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto first = line.find_first_not_of(env_blanks);
        if (first == std::string_view::npos || line[first] == '#') continue;
        line.remove_prefix(first);
        if (line.find('\0') != std::string_view::npos) {
            problem("it holds a zero byte");
            continue;
        }
        const auto name = env_name(line);
        if (!name) {
            problem("it is not NAME=value, without a space before =");
            continue;
        }
        env_value value = env_value_of(line);
        const auto [before, is_new] = lines.emplace(*name, number);
        if (!value.problem.empty())
            problem(value.problem);
        else if (!is_new)
            problem("the name stands in line " + std::to_string(before->second) + " already");
        else
            out.emplace(*name, secret(value.text));
        wipe(value.text);
    }
    if (!problems.empty())
        raise(error_kind::configuration, "the file " + escaped(path, 200) + " is not understood: " + problems);
    return out;
}

PGREPO_DECL variable_map read_env_file(const std::string& path) {
    constexpr std::size_t most_bytes = std::size_t{1} << 20;
    const auto unreadable = [&](const std::string& reason) {
        raise(error_kind::configuration, "the file " + escaped(path, 200) + " cannot be read: " + reason);
    };
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, closer> file(std::fopen(path.c_str(), "re"));
    if (!file) unreadable(std::generic_category().message(errno));
    std::string text(most_bytes + 1, '\0'); // at once: growing would leave copies behind
    const std::size_t size = std::fread(text.data(), 1, text.size(), file.get());
    if (std::ferror(file.get()) != 0) unreadable(std::generic_category().message(errno));
    if (size > most_bytes) unreadable("it has more than 1 MiB");
    struct wiper {
        std::string& text;
        ~wiper() { wipe(text); }
    } const at_the_end{text};
    return parse_env_file(std::string_view(text).substr(0, size), path);
}

} // namespace pgrepo::detail
