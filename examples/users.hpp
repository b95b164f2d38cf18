#pragma once

#include <pgrepo/pgrepo.hpp>

#include <optional>
#include <string>

// [record]
enum class UserStatus { active, suspended, closed };

struct UserRecord { // a plain aggregate; field names are column names
    pgrepo::uuid id{};
    std::string email;
    std::string first_name;
    std::string last_name;
    UserStatus status{}; // text or a PostgreSQL enum, by enumerator name
    bool is_verified{};
    pgrepo::timestamptz created_at{}; // microseconds, ±infinity; to and from std::chrono::sys_time
    pgrepo::timestamptz updated_at{};
    std::optional<pgrepo::timestamptz> deleted_at{}; // NULL only where optional

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"users">, pgrepo::primary_key<&UserRecord::id>,
                            pgrepo::generated<&UserRecord::id, &UserRecord::created_at, &UserRecord::updated_at>,
                            pgrepo::defaulted<&UserRecord::status, &UserRecord::is_verified>,
                            pgrepo::soft_delete<&UserRecord::deleted_at>>;
};

struct NewUser { // what create is given: matched to the record's columns by name, when compiled
    std::string email;
    std::string first_name;
    std::string last_name;
};
struct UserPatch { // what update is given: only engaged fields are written
    std::optional<std::string> first_name{};
    std::optional<UserStatus> status{};
};
struct EmailOnly { // a row of a statement of your own
    std::string email;
};
// [/record]

// [query]
// Scanned when compiled: form, placeholders against arguments, the list against EmailOnly.
inline constexpr auto active_emails =
    pgrepo::query<EmailOnly, "SELECT email FROM users WHERE status = $1 AND deleted_at IS NULL ORDER BY email LIMIT 3",
                  "activeEmails">;
// [/query]
