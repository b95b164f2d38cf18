// A tour of pgrepo on 100,000 users. `scripts/demo` runs it against a throwaway PostgreSQL; to run it against your own,
// set POSTGRES_HOST, POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DATABASE and apply migrations/*.up.sql first.
// It writes into the tables users and orders: not for a database that you care about.

#include "users.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

using pgrepo::col;

namespace {

void step(int number, const char* title) {
    fmt::print("\n{}. {}\n", number, title);
}

void show(const UserRecord& user) {
    fmt::print("   {}  {:<24} {} {}, {}{}\n", pgrepo::to_string(user.id), user.email, user.first_name, user.last_name,
               pgrepo::enumerator_name(user.status), user.deleted_at ? ", removed" : "");
}

void tour() {
    // [connect]
    // Reads POSTGRES_HOST, _USER, _PASSWORD, _DATABASE and more (docs/configuration.md); opens a session and runs a
    // query, or throws one error that says everything that is wrong.
    pgrepo::postgres_service db{pgrepo::postgres_config::from_env()};
    pgrepo::table_repository<UserRecord> users{db};
    // [/connect]
    const auto where = db.connection_info();
    step(1, "Connected");
    fmt::print("   database {} at {}, {} of {} sessions open\n", where.database, where.host, where.pool_size,
               where.pool_max);

    step(2, "100,000 users, made by the server in one statement");
    const std::int64_t made = db.insert(
        pgrepo::sql<"INSERT INTO users (email, first_name, last_name, status, created_at) "
                    "SELECT 'user' || n || '@example.org', 'First' || n, 'Last' || n, "
                    "       CASE WHEN n % 10 = 0 THEN 'suspended' ELSE 'active' END, now() - n * interval '1 minute' "
                    "FROM generate_series(1, $1) AS n ON CONFLICT DO NOTHING",
                    "seed">,
        100000);
    fmt::print("   {} inserted; {} there now\n", made, users.count());

    step(3, "Create: the database fills in id, status and times, and the whole record comes back");
    // [create]
    UserRecord ada = users.create(NewUser{.email = "ada@example.org", .first_name = "Ada", .last_name = "Lovelace"});
    // [/create]
    show(ada);

    step(4, "Find by key");
    // [find]
    std::optional<UserRecord> same = users.find(ada.id);
    // [/find]
    show(same.value());

    step(5, "Patch: only what the patch holds is written");
    // [update]
    ada = users.update(ada.id, UserPatch{.status = UserStatus::suspended});
    // [/update]
    show(ada);

    step(6, "A page, newest first, with the total of the same snapshot");
    // [page]
    auto page = users.find_page(col<&UserRecord::status> == UserStatus::suspended,
                                order_by(pgrepo::desc<&UserRecord::created_at>), {.limit = 3});
    // [/page]
    for (const UserRecord& user : page.items) show(user);
    fmt::print("   {} of {}\n", page.items.size(), *page.total);

    step(7, "A duplicate e-mail is a typed error that names its constraint");
    // [duplicate]
    auto again = pgrepo::try_([&] { return users.create(NewUser{"ada@example.org", "Ada", "Byron"}); });
    if (!again && again.error().kind() == pgrepo::error_kind::unique_violation)
        fmt::print("   refused by {}\n", again.error().constraint());
    // [/duplicate]
    fmt::print("   {}\n", again.error().what());

    step(8, "SQL of your own, checked when compiled");
    // [select]
    std::vector<EmailOnly> emails = db.select(active_emails, UserStatus::active);
    // [/select]
    for (const EmailOnly& row : emails) fmt::print("   {}\n", row.email);

    step(9, "A transaction: an exception undoes all of it");
    // [transaction]
    try {
        db.with_transaction([&](pgrepo::transaction& tx) {
            users.with(tx).create(NewUser{"grace@example.org", "Grace", "Hopper"});
            users.with(tx).create(NewUser{"ada@example.org", "Ada", "again"}); // refused: both are undone
        });
    } catch (const pgrepo::error& failure) {
        fmt::print("   rolled back: {}\n", to_string(failure.kind()));
    }
    // [/transaction]
    fmt::print("   Grace is there: {}\n", users.exists(col<&UserRecord::email> == "grace@example.org"));

    step(10, "Remove is soft here, and can be undone");
    // [remove]
    users.remove(ada.id);
    // [/remove]
    fmt::print("   found: {}, found with removed ones: {}\n", users.find(ada.id).has_value(),
               users.with_deleted().find(ada.id).has_value());
    users.restore(ada.id);
    show(users.find(ada.id).value());

    fmt::print("\nWhere to look next: examples/00_data_path.cpp prints every stage of one call,\n"
               "docs/architecture.md draws the house, docs/errors.md explains each error.\n");
}

} // namespace

int main() {
    try {
        tour();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "quickstart: {}\n", failure.what());
        return 1;
    }
}
