// Reads a table of SIZE users into a vector, REPEATS times.

#include "measuring.hpp"

#include <by_hand.hpp>

namespace {

std::uint64_t sum_of(const User& user) {
    using growing::mix;
    std::uint64_t sum = mix(mix(growing::no_fields, user.id), user.email);
    sum = mix(mix(sum, user.first_name), user.last_name);
    sum = mix(mix(sum, static_cast<std::int64_t>(user.status)), user.is_verified);
    return mix(mix(mix(sum, user.created_at), user.updated_at), user.deleted_at);
}

void measure(const growing::job& todo) {
    auto config = pgrepo::postgres_config::from_env();
    config.max_uses = 0; // by hand nothing is opened anew; README.md says what that costs
    const auto rows = static_cast<std::size_t>(todo.size);
    if (todo.by_hand) {
        const auto session = by_hand::connect(config);
        by_hand::prepare(session.get());
        growing::measure_reads(todo, rows, [&] { return by_hand::find_all(session.get()); }, sum_of);
    } else {
        pgrepo::postgres_service db(config);
        const pgrepo::table_repository<User> users(db);
        growing::measure_reads(todo, rows, [&] { return users.find_all(); }, sum_of);
    }
}

} // namespace

int main(int argc, char** argv) {
    return growing::run(argc, argv, measure);
}
