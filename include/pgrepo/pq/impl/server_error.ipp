#pragma once

#include <pgrepo/pq/impl/libpq.ipp>
#include <pgrepo/pq/server_error.hpp>

#include <algorithm>

namespace pgrepo::detail {

PGREPO_DECL std::string escaped(std::string_view text, std::size_t limit) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(std::min(text.size(), limit) + 8);
    const auto hex = [&](unsigned char byte) {
        out += "\\x";
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool starts_character = (byte & 0xc0U) != 0x80U;
        if (starts_character && out.size() >= limit) return out += "…";
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool c1_control = byte == 0xc2U && next >= 0x80U && next < 0xa0U; // U+0080 to U+009F: terminals obey them
        if (byte < 0x20U || byte == 0x7fU) {
            hex(byte);
        } else if (c1_control) {
            hex(byte);
            hex(static_cast<unsigned char>(next));
            ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

PGREPO_DECL std::string_view condition(sqlstate state) noexcept {
    struct entry {
        std::string_view code;
        std::string_view words;
    };
    static constexpr entry known[] = {
        {"22001", "a text is longer than its column allows"},
        {"22003", "a number is out of range for its type"},
        {"22004", "NULL is not allowed there"},
        {"22007", "a date or time is malformed"},
        {"22008", "a date or time is out of range"},
        {"2200H", "a sequence has run out"},
        {"22012", "division by zero"},
        {"22021", "a text is not valid in the server's encoding, or holds a zero byte"},
        {"22023", "an argument is not valid for the function or setting"},
        {"22025", "an escape sequence is malformed"},
        {"2201B", "a regular expression is malformed"},
        {"2201W", "LIMIT must not be negative"},
        {"2201X", "OFFSET must not be negative"},
        {"2202E", "an array subscript or shape is not valid"},
        {"22P02", "a value cannot be read as the type it is given for: a label the enum does not have, or malformed "
                  "text"},
        {"22P03", "a value does not have the binary form of its type: parameter and column differ in type"},
        {"22P05", "a character does not exist in the server's encoding"},
        {"26000", "the prepared statement does not exist on the server"},
        {"3D000", "there is no database of that name"},
        {"3F000", "there is no schema of that name"},
        {"42601", "syntax error in the SQL text"},
        {"42602", "a name is malformed"},
        {"42703", "there is no column of that name"},
        {"42704", "there is no object, type or setting of that name"},
        {"42710", "there is such an object already"},
        {"42883", "there is no function or operator of that name for these types"},
        {"42P01", "there is no table or sequence of that name"},
        {"42P07", "there is a table or index of that name already"},
        {"53100", "the server's disk is full"},
        {"53200", "the server is out of memory"},
        {"53300", "the server has no connection left"},
        {"54000", "a limit of the server is exceeded"},
        {"54001", "the statement is too complex for the server's stack"},
        {"57P01", "the server ended the session: an administrator's command or a shutdown"},
        {"57P02", "the server ended the session: another process crashed or it shut down at once"},
        {"57P03", "the server is starting up or shutting down"},
        {"57P04", "the server ended the session: the database was dropped"},
        {"57P05", "the server ended the session: it was idle for too long"},
        {"25P03", "the server ended the session: its transaction was idle for too long"},
        {"08P01", "the server could not read the message"},
    };
    for (const entry& candidate : known)
        if (state == candidate.code) return candidate.words;
    const auto family = state.class_code();
    if (family == "22") return "a value is not acceptable";
    if (family == "0A") return "the server does not support that";
    if (family == "55") return "an object is not in the state that the statement needs";
    if (family == "42") return "the statement cannot be run as it is; the server's log says more";
    if (family == "08") return "the connection to the server failed";
    if (family == "53") return "the server lacks a resource";
    if (family == "54") return "a limit of the server is exceeded";
    if (family == "58") return "the server met an error of its system";
    if (family == "XX") return "the server met an internal error; its log says more";
    return "the server refused the statement; its log says more";
}

PGREPO_DECL error_details describe(const pg_result* failure, bool in_full) {
    const auto field = [&](int code) {
        const char* text = failure == nullptr ? nullptr : PQresultErrorField(failure, code);
        return text == nullptr ? std::string_view{} : std::string_view{text};
    };
    error_details out;
    out.state = sqlstate(field(PG_DIAG_SQLSTATE));
    // What libpq itself says has no fields. An ERROR of a stand-in without a SQLSTATE leaves the session as it was.
    const bool refused = field(PG_DIAG_SEVERITY_NONLOCALIZED) == "ERROR";
    out.kind = !out.state.empty() ? kind_of(out.state) : refused ? error_kind::server : error_kind::connection_lost;
    // Identifiers are at most 63 bytes, but not every server keeps to it.
    out.schema = escaped(field(PG_DIAG_SCHEMA_NAME), 256);
    out.table = escaped(field(PG_DIAG_TABLE_NAME), 256);
    out.column = escaped(field(PG_DIAG_COLUMN_NAME), 256);
    out.constraint = escaped(field(PG_DIAG_CONSTRAINT_NAME), 256);
    // Classes whose primary messages name rules and objects. P0: what the user's own RAISE says.
    static constexpr std::string_view harmless[] = {"0A", "0L", "21", "23", "24", "25", "27", "2B", "34",
                                                    "3B", "3D", "3F", "40", "42", "44", "55", "57", "P0"};
    const auto primary = field(PG_DIAG_MESSAGE_PRIMARY);
    // Names that do not exist come from the text, and then their place in it is told, or from a value: nextval($1).
    const auto family = out.state.class_code();
    const bool names_things = family == "42" || family == "3F" || family == "3D" || family == "55" || family == "0A";
    const bool is_known_plain = out.state == "42501" || out.state == "55P03" || out.state == "55006" ||
                                field(PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
    const bool may_be_a_value = names_things && !is_known_plain && field(PG_DIAG_STATEMENT_POSITION).empty();
    if (in_full) {
        out.detail = escaped(field(PG_DIAG_MESSAGE_DETAIL), 4000);
        out.hint = escaped(field(PG_DIAG_MESSAGE_HINT));
    }
    if (in_full && !primary.empty())
        out.message = escaped(primary, 4000);
    else if (!primary.empty() && !may_be_a_value && out.state != "42601" && !out.state.code().starts_with("57P") &&
             std::ranges::find(harmless, family) != std::end(harmless))
        out.message = escaped(primary);
    else
        out.message = condition(out.state);
    if (const auto position = field(PG_DIAG_STATEMENT_POSITION); !position.empty())
        out.message.append(" (at character ").append(escaped(position, 16)).append(")");
    return out;
}

} // namespace pgrepo::detail
