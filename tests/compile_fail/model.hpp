#pragma once

// The records that the cases make their mistakes with. A case includes <pgrepo/pgrepo.hpp> itself, as a user does.

#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <optional>
#include <string>

using pgrepo::col;

enum class UserStatus { active, suspended, closed };

struct UserRecord {
    pgrepo::uuid id{};
    std::string email;
    std::string first_name;
    std::string last_name;
    UserStatus status{};
    bool is_verified{};
    pgrepo::timestamptz created_at{};
    pgrepo::timestamptz updated_at{};
    std::optional<pgrepo::timestamptz> deleted_at{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"users">, pgrepo::primary_key<&UserRecord::id>,
                            pgrepo::generated<&UserRecord::id, &UserRecord::created_at, &UserRecord::updated_at>,
                            pgrepo::defaulted<&UserRecord::status, &UserRecord::is_verified>,
                            pgrepo::soft_delete<&UserRecord::deleted_at>>;
};

struct ItemRecord {
    std::int64_t order_id{};
    std::int32_t position{};
    std::string article;
    std::optional<std::string> note{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"app.items">,
                                               pgrepo::primary_key<&ItemRecord::order_id, &ItemRecord::position>>;
};

struct EmailOnly {
    std::string email;
};

using Users = pgrepo::table_repository<UserRecord>;
using Items = pgrepo::table_repository<ItemRecord>;
