#include "library.hpp"

#include <pgrepo/testing.hpp>

namespace {

class looking : public pgrepo::executor_verbs<looking> {
public:
    template <class T> using returns = T;
    template <pgrepo::Operation Op> typename Op::result_type run(const Op& op) {
        const pgrepo::statement_ref& statement = op.statement();
        last = {std::string(statement.text), std::string(statement.id), statement.key, op.shape()};
        return {};
    }
    seen last{};
};

struct Numbers {
    std::int64_t id{};
    std::int64_t body{};
};

// As long as a bigint is, so that a body taken for a number would be believed.
constexpr auto one_note = pgrepo::sql<"SELECT 7::int8 AS id, '8 bytes!'::text AS body", "oneNote">;

} // namespace

namespace SIDE {

seen look_at_find() {
    looking db;
    (void)pgrepo::repository_of<Note>(db).find(1);
    return db.last;
}

const std::type_info& type_of_error() {
    return typeid(pgrepo::error);
}

void fail() {
    pgrepo::scripted_service db;
    db.fail("notes.find",
            {.kind = pgrepo::error_kind::unique_violation, .message = "taken", .constraint = "notes_key"});
    (void)pgrepo::repository_of<Note>(db).find(1);
}

std::string name_of_failure(void (*call)()) {
    try {
        call();
    } catch (const pgrepo::error& failure) {
        return std::string(to_string(failure.kind())) + " of " + failure.constraint();
    } catch (...) {
        return "something else";
    }
    return "nothing";
}

Note read(pgrepo::postgres_service& db) {
    return db.select_one<Note>(one_note).value();
}

void read_as_numbers(pgrepo::postgres_service& db) {
    (void)db.select_one<Numbers>(one_note);
}

} // namespace SIDE
