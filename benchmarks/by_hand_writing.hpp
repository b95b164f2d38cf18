#pragma once

// Four ways to write users.

#include "by_hand_parameters.hpp"
#include "by_hand_pipeline.hpp"
#include "records.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace by_hand {

inline constexpr std::size_t chunk = 1'000; // rows at a time

inline void prepare_writing(PGconn* link) {
    const std::string insert = "INSERT INTO written_users (email, first_name, last_name, is_verified) ";
    const Oid text = 25, boolean = 16, texts = 1009, booleans = 1000;
    prepare(link, "create", insert + "VALUES ($1, $2, $3, $4) RETURNING " + columns, {text, text, text, boolean});
    prepare(link, "insert", insert + "VALUES ($1, $2, $3, $4)", {text, text, text, boolean});
    prepare(link, "insert_many", insert + "SELECT * FROM unnest($1, $2, $3, $4)", {texts, texts, texts, booleans});
}

/// Views the draft.
inline parameters<4> parameters_of(const NewUser& draft) {
    parameters<4> out;
    out.add(draft.email).add(draft.first_name).add(draft.last_name).add(draft.is_verified);
    return out;
}

/// One statement in a transaction of its own. The row comes back.
inline User create(PGconn* link, const NewUser& draft) {
    const result rows = parameters_of(draft).execute(link, "create");
    expect(rows, PGRES_TUPLES_OK);
    User out;
    load_user(rows.get(), 0, out);
    return out;
}

/// A round trip for every thousand statements.
inline void write_by_pipeline(PGconn* link, std::span<const NewUser> drafts) {
    pipeline sending(link);
    while (!drafts.empty()) {
        const auto now = drafts.first(std::min(chunk, drafts.size()));
        drafts = drafts.subspan(now.size());
        for (const NewUser& draft : now) parameters_of(draft).send(link, "insert");
        sending.sync();
        for (std::size_t i = 0; i < now.size(); ++i) (void)sending.next(PGRES_COMMAND_OK);
        sending.expect_sync();
    }
}

/// One statement for every thousand rows, a binary array for each column.
inline void write_by_unnest(PGconn* link, std::span<const NewUser> drafts) {
    while (!drafts.empty()) {
        const auto now = drafts.first(std::min(chunk, drafts.size()));
        drafts = drafts.subspan(now.size());
        array_parameter emails(25, now.size(), 32), first_names(25, now.size(), 32), last_names(25, now.size(), 32),
            verified(16, now.size(), 1);
        for (const NewUser& draft : now) {
            emails.add(draft.email);
            first_names.add(draft.first_name);
            last_names.add(draft.last_name);
            verified.add(draft.is_verified);
        }
        parameters<4> values;
        values.add(emails.bytes()).add(first_names.bytes()).add(last_names.bytes()).add(verified.bytes());
        expect(values.execute(link, "insert_many"), PGRES_COMMAND_OK);
    }
}

/// COPY in binary, all in one transaction. Source: PostgreSQL manual, COPY, "Binary Format".
inline void write_by_copy(PGconn* link, std::span<const NewUser> drafts) {
    expect(result(PQexec(link, "COPY written_users (email, first_name, last_name, is_verified) FROM STDIN "
                               "(FORMAT binary)")),
           PGRES_COPY_IN);
    constexpr std::size_t enough = 32 * 1024;
    std::string bytes;
    bytes.reserve(enough + 4096);
    bytes.assign("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19); // no flags, no extension
    const auto send = [&] {
        if (PQputCopyData(link, bytes.data(), static_cast<int>(bytes.size())) != 1)
            throw std::runtime_error("the baseline could not send its rows");
        bytes.clear();
    };
    const auto field = [&](std::string_view value) {
        store32(bytes, static_cast<std::uint32_t>(value.size()));
        bytes.append(value);
    };
    for (const NewUser& draft : drafts) {
        store16(bytes, 4); // fields
        field(draft.email);
        field(draft.first_name);
        field(draft.last_name);
        store32(bytes, 1);
        bytes += static_cast<char>(draft.is_verified);
        if (bytes.size() >= enough) send();
    }
    store16(bytes, 0xffff); // the end
    send();
    if (PQputCopyEnd(link, nullptr) != 1) throw std::runtime_error("the baseline could not end its rows");
    expect(result(PQgetResult(link)), PGRES_COMMAND_OK);
    if (PQgetResult(link) != nullptr) throw std::runtime_error("COPY answered twice");
}

} // namespace by_hand
