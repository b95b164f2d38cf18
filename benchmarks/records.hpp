#pragma once

// What is written: drafts, and an order with its items. How each library sends them is its client's matter.

#include "users.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A user to be created; the server gives it an id, a status and its times. Goes to the table `written_users`, so that
/// the table that is read stays as it is.
struct NewUser {
    std::string email;
    std::string first_name;
    std::string last_name;
    bool is_verified{};
};

/// An amount in hundredths, for decimal(10,2): binary64 would not be exact.
struct Cents {
    std::int64_t count = 0;
};

struct Order {
    pgrepo::uuid id{};
    pgrepo::uuid user_id{};
    std::string status;
    Cents total{};
    pgrepo::timestamptz created_at{};
    pgrepo::timestamptz updated_at{};
    std::optional<pgrepo::timestamptz> deleted_at{};

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"orders">, pgrepo::primary_key<&Order::id>,
                            pgrepo::generated<&Order::id, &Order::created_at, &Order::updated_at>,
                            pgrepo::defaulted<&Order::status>, pgrepo::soft_delete<&Order::deleted_at>>;
};
struct NewOrder {
    pgrepo::uuid user_id{};
    Cents total{};
};

struct Item {
    pgrepo::uuid id{};
    pgrepo::uuid order_id{};
    pgrepo::uuid product_id{};
    std::int32_t quantity{};
    Cents price{};
    pgrepo::timestamptz created_at{};
    pgrepo::timestamptz updated_at{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"order_items">, pgrepo::primary_key<&Item::id>,
                                               pgrepo::generated<&Item::id, &Item::created_at, &Item::updated_at>>;
};
/// An item of an order that has no id yet.
struct NewItem {
    pgrepo::uuid product_id{};
    std::int32_t quantity{};
    Cents price{};
};

/// What W9 reads back.
struct OrderWithItems {
    Order order{};
    std::vector<Item> items{};
};
