#pragma once

// Of every field, whatever the order of the rows. What the server gives anew in each run (ids and times of what was
// written) is left out where rows are written.

#include "../records.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace checksums {

inline constexpr std::uint64_t start = 0xcbf29ce484222325ULL;

inline std::uint64_t mix(std::uint64_t sum, std::string_view bytes) {
    for (const char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return sum;
}
inline std::uint64_t mix(std::uint64_t sum, std::int64_t value) {
    return (sum ^ static_cast<std::uint64_t>(value)) * 0x100000001b3ULL;
}
inline std::uint64_t mix(std::uint64_t sum, const pgrepo::uuid& id) {
    return mix(sum, std::string_view(reinterpret_cast<const char*>(id.data), 16));
}

inline std::uint64_t of(const User& user) {
    std::uint64_t sum = mix(start, user.id);
    sum = mix(mix(mix(sum, user.email), user.first_name), user.last_name);
    sum = mix(mix(sum, static_cast<std::int64_t>(user.status)), std::int64_t{user.is_verified});
    sum = mix(mix(sum, user.created_at.count()), user.updated_at.count());
    return mix(sum, user.deleted_at ? user.deleted_at->count() : -1);
}
inline std::uint64_t of(const std::vector<User>& users) {
    std::uint64_t all = 0;
    for (const User& user : users) all += of(user);
    return all;
}

inline std::uint64_t of_written(const User& user) {
    const std::uint64_t sum = mix(mix(mix(start, user.email), user.first_name), user.last_name);
    return mix(mix(sum, static_cast<std::int64_t>(user.status)), std::int64_t{user.is_verified});
}
inline std::uint64_t of_written(const OrderWithItems& all) {
    std::uint64_t sum = mix(mix(mix(start, all.order.user_id), all.order.status), all.order.total.count);
    for (const Item& item : all.items) // in any order
        sum += mix(mix(mix(start, item.product_id), std::int64_t{item.quantity}), item.price.count);
    return sum;
}

} // namespace checksums
