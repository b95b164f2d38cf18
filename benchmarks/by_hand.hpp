#pragma once

// The baseline: what a careful programmer writes with libpq alone, for one record. Prepared once, binary both ways,
// no column looked up by name, the vector sized once.

#include "users.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

namespace by_hand {

struct result_closer {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result = std::unique_ptr<PGresult, result_closer>;

struct connection_closer {
    void operator()(PGconn* link) const noexcept { PQfinish(link); }
};
using connection = std::unique_ptr<PGconn, connection_closer>;

inline connection connect(const pgrepo::postgres_config& config) {
    const std::string port = std::to_string(config.port);
    const char* keywords[] = {"host", "port", "user", "password", "dbname", nullptr};
    const char* values[] = {config.host.c_str(),     port.c_str(),
                            config.user.c_str(),     config.password.reveal().c_str(),
                            config.database.c_str(), nullptr};
    connection opened(PQconnectdbParams(keywords, values, 0));
    if (PQstatus(opened.get()) != CONNECTION_OK) throw std::runtime_error("the baseline could not connect");
    return opened;
}

inline void expect(const result& rows, ExecStatusType status) {
    if (!rows || PQresultStatus(rows.get()) != status) throw std::runtime_error("a statement of the baseline failed");
}

inline std::int64_t load64(const char* bytes) {
    std::uint64_t value;
    std::memcpy(&value, bytes, 8);
    return static_cast<std::int64_t>(__builtin_bswap64(value));
}

inline void expect_width(const PGresult* rows, int row, int column, int width) {
    if (PQgetlength(rows, row, column) != width || PQgetisnull(rows, row, column))
        throw std::runtime_error("a column of the baseline has an unexpected width");
}

inline pgrepo::timestamptz load_time(const PGresult* rows, int row, int column) {
    expect_width(rows, row, column, 8);
    return pgrepo::timestamptz::from_count(load64(PQgetvalue(rows, row, column)));
}

inline void load_text(const PGresult* rows, int row, int column, std::string& to) {
    const int length = PQgetlength(rows, row, column);
    if (length == 0 && PQgetisnull(rows, row, column)) throw std::runtime_error("a text of the baseline is NULL");
    to.assign(PQgetvalue(rows, row, column), static_cast<std::size_t>(length));
}

inline void load_user(const PGresult* rows, int row, User& to) {
    expect_width(rows, row, 0, 16);
    std::memcpy(to.id.data, PQgetvalue(rows, row, 0), 16);
    load_text(rows, row, 1, to.email);
    load_text(rows, row, 2, to.first_name);
    load_text(rows, row, 3, to.last_name);
    const std::string_view status(PQgetvalue(rows, row, 4), static_cast<std::size_t>(PQgetlength(rows, row, 4)));
    if (status == "active")
        to.status = Status::active;
    else if (status == "suspended")
        to.status = Status::suspended;
    else if (status == "closed")
        to.status = Status::closed;
    else
        throw std::runtime_error("an unknown status");
    expect_width(rows, row, 5, 1);
    to.is_verified = *PQgetvalue(rows, row, 5) != 0;
    to.created_at = load_time(rows, row, 6);
    to.updated_at = load_time(rows, row, 7);
    if (PQgetisnull(rows, row, 8))
        to.deleted_at.reset();
    else
        to.deleted_at = load_time(rows, row, 8);
}

inline constexpr const char* columns =
    "id, email, first_name, last_name, status, is_verified, created_at, updated_at, deleted_at";

inline void prepare_find(PGconn* link) {
    const std::string find = std::string("SELECT ") + columns + " FROM users WHERE id = $1 AND deleted_at IS NULL";
    const Oid uuid = 2950;
    expect(result(PQprepare(link, "find", find.c_str(), 1, &uuid)), PGRES_COMMAND_OK);
}
inline void prepare(PGconn* link) {
    const std::string all = std::string("SELECT ") + columns + " FROM users WHERE deleted_at IS NULL";
    const std::string by_ids =
        std::string("SELECT ") + columns + " FROM users WHERE id = ANY($1) AND deleted_at IS NULL";
    const Oid uuids = 2951;
    prepare_find(link);
    expect(result(PQprepare(link, "by_ids", by_ids.c_str(), 1, &uuids)), PGRES_COMMAND_OK);
    expect(result(PQprepare(link, "all", all.c_str(), 0, nullptr)), PGRES_COMMAND_OK);
}

inline std::optional<User> find(PGconn* link, const pgrepo::uuid& id) {
    const char* values[] = {reinterpret_cast<const char*>(id.data)};
    const int lengths[] = {16};
    const int formats[] = {1};
    const result rows(PQexecPrepared(link, "find", 1, values, lengths, formats, 1));
    expect(rows, PGRES_TUPLES_OK);
    std::optional<User> out;
    if (PQntuples(rows.get()) > 0) load_user(rows.get(), 0, out.emplace());
    return out;
}

inline std::vector<User> decode_all(const PGresult* rows) {
    const int count = PQntuples(rows);
    std::vector<User> out;
    out.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) load_user(rows, i, out.emplace_back());
    return out;
}
inline std::vector<User> find_all(PGconn* link) {
    const result rows(PQexecPrepared(link, "all", 0, nullptr, nullptr, nullptr, 1));
    expect(rows, PGRES_TUPLES_OK);
    return decode_all(rows.get());
}

inline void store32(std::string& to, std::uint32_t value) {
    const std::uint32_t swapped = __builtin_bswap32(value);
    to.append(reinterpret_cast<const char*>(&swapped), 4);
}
struct first_half { // of a random id, which tells nearly all apart
    std::size_t operator()(const pgrepo::uuid& id) const noexcept {
        std::size_t bytes;
        std::memcpy(&bytes, id.data, sizeof bytes);
        return bytes;
    }
};
/// In the order of the ids, as pgrepo's: without it the baseline would do less. Ids are taken to be different.
inline std::vector<User> find_by_ids(PGconn* link, const std::vector<pgrepo::uuid>& ids) {
    std::string array;
    array.reserve(20 + ids.size() * 20);
    store32(array, 1); // dimensions
    store32(array, 0); // no NULLs
    store32(array, 2950);
    store32(array, static_cast<std::uint32_t>(ids.size()));
    store32(array, 1); // lower bound
    for (const pgrepo::uuid& id : ids) {
        store32(array, 16);
        array.append(reinterpret_cast<const char*>(id.data), 16);
    }
    const char* values[] = {array.data()};
    const int lengths[] = {static_cast<int>(array.size())};
    const int formats[] = {1};
    const result rows(PQexecPrepared(link, "by_ids", 1, values, lengths, formats, 1));
    expect(rows, PGRES_TUPLES_OK);
    std::unordered_map<pgrepo::uuid, int, first_half> row_of;
    const int count = PQntuples(rows.get());
    row_of.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        expect_width(rows.get(), i, 0, 16);
        pgrepo::uuid id;
        std::memcpy(id.data, PQgetvalue(rows.get(), i, 0), 16);
        row_of.emplace(id, i);
    }
    std::vector<User> out;
    out.reserve(static_cast<std::size_t>(count));
    for (const pgrepo::uuid& id : ids)
        if (const auto found = row_of.find(id); found != row_of.end())
            load_user(rows.get(), found->second, out.emplace_back());
    return out;
}

} // namespace by_hand
