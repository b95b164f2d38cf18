#pragma once

#include <pgrepo/pgrepo.hpp>

#include <optional>
#include <string>

/// The nine-field record of every workload.
enum class Status { active, suspended, closed };

struct User {
    pgrepo::uuid id{};
    std::string email;
    std::string first_name;
    std::string last_name;
    Status status{};
    bool is_verified{};
    pgrepo::timestamptz created_at{};
    pgrepo::timestamptz updated_at{};
    std::optional<pgrepo::timestamptz> deleted_at{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"users">, pgrepo::primary_key<&User::id>,
                                               pgrepo::generated<&User::id, &User::created_at, &User::updated_at>,
                                               pgrepo::defaulted<&User::status, &User::is_verified>,
                                               pgrepo::soft_delete<&User::deleted_at>>;
};
