// Two shared libraries with hidden symbols and the same records, in one process: what must be one is one, and what are
// two does no harm.

#include "library.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

int failures = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    ++failures;
    std::fprintf(stderr, "FAILED: %s\n", what);
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

void statements_are_the_same() {
    const seen a = left::look_at_find();
    const seen b = right::look_at_find();
    check(a.text == R"(SELECT "id", "body" FROM "notes" WHERE "id" = $1)", "the text of find");
    check(a.text == b.text && a.id == b.id, "both libraries send the same text under the same identifier");
    check(a.key == b.key, "both libraries have the same key for it: one prepared statement");
    check(a.shape != nullptr && a.shape != b.shape, "each library has its own shape, or this proves nothing");
}

void errors_are_caught_everywhere() {
    // By address, as a runtime that does not compare names (libc++'s) looks at it.
    check(&left::type_of_error() == &right::type_of_error(), "pgrepo::error is one type in both libraries");
    check(&left::type_of_error() == &typeid(pgrepo::error), "pgrepo::error is one type in library and program");
    const std::string wanted = "unique_violation of notes_key";
    check(left::name_of_failure(right::fail) == wanted, "left catches what right throws");
    check(right::name_of_failure(left::fail) == wanted, "right catches what left throws");
    check(name_of_failure(left::fail) == wanted && name_of_failure(right::fail) == wanted, "the program catches both");
}

/// One session and so one prepared statement for all: the shape that the first library leaves with it is not the
/// second one's, which looks at the columns again.
void a_service_is_shared() {
    pgrepo::postgres_config config = pgrepo::postgres_config::from_env();
    config.pool_max = 1;
    pgrepo::postgres_service db{config};
    for (int i = 0; i < 3; ++i) {
        const Note a = left::read(db);
        const Note b = right::read(db);
        check(a.id == 7 && a.body == "8 bytes!" && b.id == 7 && b.body == "8 bytes!", "both read the same row");
    }
    try {
        right::read_as_numbers(db);
        check(false, "a row that does not fit is refused although another library's fitted");
    } catch (const pgrepo::error& failure) {
        check(failure.kind() == pgrepo::error_kind::decode, "a row that does not fit is a decode error");
    }
    check(right::read(db).body == "8 bytes!", "and does no harm to the next call");
}

} // namespace

int main() {
    constexpr auto version = pgrepo::headers_version();
    std::printf("pgrepo %d.%d.%d\n", version.major, version.minor, version.patch);
    statements_are_the_same();
    errors_are_caught_everywhere();
    if (std::getenv("POSTGRES_HOST") != nullptr) a_service_is_shared();
    return failures == 0 ? 0 : 1;
}
