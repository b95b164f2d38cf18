#include "note.hpp"

long long notes_counted_in_second(pgrepo::postgres_service& db) {
    return static_cast<long long>(pgrepo::table_repository<Note>{db}.count());
}
