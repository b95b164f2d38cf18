#pragma once

#include <pgrepo/codec/oids.hpp>
#include <pgrepo/ops/log_observer.hpp>

#include <fmt/format.h>

#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <iterator>

namespace pgrepo {

PGREPO_DECL std::string_view to_string(log_level level) noexcept {
    switch (level) {
    case log_level::debug:
        return "debug";
    case log_level::info:
        return "info";
    case log_level::warning:
        return "warning";
    case log_level::error:
        return "error";
    case log_level::off:
        break;
    }
    return "off";
}

/// A line while it is written. What it cannot have memory for is not logged: nothing here may make a call fail.
class log_observer::entry {
public:
    entry(log_format format, log_level level, std::string_view event) : json_(format == log_format::json) {
        if (json_)
            fmt::format_to(out(), R"({{"time":"{}","level":"{}","event":"{}")", now(), to_string(level), event);
        else
            fmt::format_to(out(), "{} {} pgrepo {}", now(), to_string(level), event);
    }
    /// Left out where it is empty.
    entry& text(std::string_view key, std::string_view value, std::size_t most = 1000) {
        if (value.empty()) return *this;
        name(key);
        buffer_.push_back('"');
        const std::size_t shown = whole_characters(value, most);
        for (std::size_t i = 0; i < shown;) i += put(value, i);
        if (shown < value.size()) append("...");
        buffer_.push_back('"');
        return *this;
    }
    entry& number(std::string_view key, std::int64_t value) {
        name(key);
        fmt::format_to(out(), "{}", value);
        return *this;
    }
    entry& truth(std::string_view key, bool value) {
        if (!value) return *this;
        name(key);
        append("true");
        return *this;
    }
    entry& milliseconds(std::string_view key, std::chrono::nanoseconds value) {
        name(key);
        fmt::format_to(out(), "{:.3f}", static_cast<double>(value.count()) / 1e6);
        return *this;
    }
    entry& place(std::source_location where) {
        if (where.line() != 0) text("where", fmt::format("{}:{}", where.file_name(), where.line()));
        return *this;
    }
    [[nodiscard]] std::string_view end() {
        if (json_) buffer_.push_back('}');
        return {buffer_.data(), buffer_.size()};
    }

private:
    [[nodiscard]] std::back_insert_iterator<fmt::memory_buffer> out() { return std::back_inserter(buffer_); }
    void append(std::string_view piece) { buffer_.append(piece.data(), piece.data() + piece.size()); }
    void name(std::string_view key) {
        if (json_)
            fmt::format_to(out(), ",\"{}\":", key);
        else
            fmt::format_to(out(), " {}=", key);
    }
    static std::string now() {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(since - seconds).count();
        const auto whole = static_cast<std::time_t>(seconds.count());
        std::tm utc{};
        ::gmtime_r(&whole, &utc);
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                           utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, left);
    }
    static bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }
    static std::size_t whole_characters(std::string_view value, std::size_t most) noexcept {
        if (value.size() <= most) return value.size();
        while (most > 0 && continues(value[most])) --most;
        return most;
    }
    /// Bytes of the character at `i` if it is well-formed UTF-8 (Unicode 15, table 3-7), else 0.
    static std::size_t character(std::string_view value, std::size_t i) noexcept {
        const auto byte = [&](std::size_t at) {
            return at < value.size() ? static_cast<unsigned char>(value[at]) : static_cast<unsigned char>(0);
        };
        const unsigned first = byte(i);
        if (first < 0x80U) return 1;
        const unsigned second = byte(i + 1);
        const auto tail = [&](std::size_t at) { return (byte(at) & 0xc0U) == 0x80U; };
        if (first >= 0xc2U && first <= 0xdfU) return tail(i + 1) ? 2 : 0;
        if (first >= 0xe0U && first <= 0xefU) {
            const bool in_range = (first != 0xe0U || second >= 0xa0U) && (first != 0xedU || second < 0xa0U);
            return in_range && tail(i + 1) && tail(i + 2) ? 3 : 0;
        }
        if (first >= 0xf0U && first <= 0xf4U) {
            const bool in_range = (first != 0xf0U || second >= 0x90U) && (first != 0xf4U || second < 0x90U);
            return in_range && tail(i + 1) && tail(i + 2) && tail(i + 3) ? 4 : 0;
        }
        return 0;
    }
    /// One character, or one byte that is none; how many bytes that were. The same escapes in both formats: those of JSON.
    std::size_t put(std::string_view value, std::size_t i) {
        const auto byte = static_cast<unsigned char>(value[i]);
        const std::size_t length = character(value, i);
        const bool c1 = length == 2 && byte == 0xc2U && static_cast<unsigned char>(value[i + 1]) < 0xa0U;
        if (byte == '"' || byte == '\\') {
            buffer_.push_back('\\');
            buffer_.push_back(static_cast<char>(byte));
        } else if (byte < 0x20U || byte == 0x7fU || length == 0) {
            fmt::format_to(out(), "\\u{:04x}", unsigned{byte});
        } else if (c1) { // U+0080 to U+009F: terminals obey them
            fmt::format_to(out(), "\\u{:04x}", unsigned{static_cast<unsigned char>(value[i + 1])});
        } else {
            append(value.substr(i, length));
        }
        return length == 0 ? 1 : length;
    }

    fmt::memory_buffer buffer_{};
    bool json_;
};

PGREPO_DECL void log_observer::on_notice(const notice_event& event) noexcept {
    const log_level level = event.severity == "WARNING" ? log_level::warning : log_level::info;
    if (!shows(level)) return;
    try {
        write(level, entry(options_.format, level, "notice")
                         .text("severity", event.severity)
                         .text("sqlstate", event.state.code())
                         .text("message", event.message)
                         .number("pid", event.backend_pid)
                         .end());
    } catch (...) {}
}

PGREPO_DECL void log_observer::on_connection(const connection_event& event) noexcept {
    if (!shows(log_level::info)) return;
    try {
        write(log_level::info, entry(options_.format, log_level::info, "session")
                                   .text("what", event.opened ? "opened" : "closed")
                                   .text("reason", event.opened ? std::string_view{} : event.reason)
                                   .number("pid", event.backend_pid)
                                   .end());
    } catch (...) {}
}

PGREPO_DECL void log_observer::on_acquire(const acquire_event& event) noexcept {
    const log_level level = event.failure != nullptr ? log_level::error : log_level::debug;
    if (!shows(level)) return;
    try {
        entry line(options_.format, level, "acquire");
        line.milliseconds("ms", event.waited);
        if (event.failure != nullptr)
            line.text("kind", to_string(event.failure->kind()))
                .text("sqlstate", event.failure->sqlstate().code())
                .text("message", event.failure->message());
        write(level, line.place(event.where).end());
    } catch (...) {}
}

PGREPO_DECL void log_observer::on_statement(const statement_event& event) noexcept {
    const bool failed = event.failure != nullptr || event.decode_failed;
    const log_level level = failed ? log_level::error : log_level::debug;
    if (!shows(level)) return;
    try {
        entry line(options_.format, level, "statement");
        line.text("id", event.statement.id).text("table", event.table()).text("verb", event.verb());
        if (event.failure != nullptr)
            line.text("kind", to_string(event.failure->kind()))
                .text("sqlstate", event.failure->sqlstate().code())
                .text("message", event.failure->message())
                .text("detail", event.failure->detail());
        line.truth("decode_failed", event.decode_failed).milliseconds("ms", event.total());
        if (!failed) {
            std::string types;
            for (const oid type : event.statement.parameter_types)
                types.append(types.empty() ? "" : ", ").append(oids::type_name(type));
            line.milliseconds("queue_ms", event.queue)
                .milliseconds("execute_ms", event.execute)
                .milliseconds("decode_ms", event.decode)
                .number("rows", event.rows)
                .truth("parsed", event.prepared)
                .text("parameter_types", types);
        }
        line.text("sql", event.statement.text, failed ? options_.most_sql : event.statement.text.size());
        write(level, line.place(event.statement.where).end());
    } catch (...) {}
}

PGREPO_DECL void log_observer::on_transaction(const transaction_event& event) noexcept {
    log_level level = log_level::debug;
    std::string_view outcome = "committed";
    if (event.outcome == transaction_outcome::rolled_back) {
        level = log_level::info;
        outcome = "rolled back";
    } else if (event.outcome == transaction_outcome::unknown) {
        level = log_level::error;
        outcome = "unknown";
    }
    if (!shows(level)) return;
    try {
        entry line(options_.format, level, "transaction");
        line.text("outcome", outcome).milliseconds("ms", event.duration).number("statements", event.statements);
        if (event.failure != nullptr)
            line.text("kind", to_string(event.failure->kind()))
                .text("sqlstate", event.failure->sqlstate().code())
                .text("message", event.failure->message());
        write(level, line.place(event.where).end());
    } catch (...) {}
}

PGREPO_DECL void log_observer::on_pool(const pool_event& event) noexcept {
    if (!shows(log_level::info)) return;
    try {
        write(log_level::info, entry(options_.format, log_level::info, "pool")
                                   .text("what", event.established ? "established" : "closed")
                                   .number("max", event.max)
                                   .end());
    } catch (...) {}
}

PGREPO_DECL void log_observer::on_warning(const warning_event& event) noexcept {
    if (!shows(log_level::warning)) return;
    try {
        write(log_level::warning, entry(options_.format, log_level::warning, "warning")
                                      .text("code", event.code)
                                      .text("message", event.message)
                                      .place(event.where)
                                      .end());
    } catch (...) {}
}

PGREPO_DECL void stderr_log::write(log_level, std::string_view line) noexcept {
    try {
        std::string whole(line);
        whole += '\n';
        // A log that cannot be written to is nobody's error here.
        const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
        static_cast<void>(written);
    } catch (...) {}
}

} // namespace pgrepo
