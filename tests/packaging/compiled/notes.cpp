#include <pgrepo/pgrepo.hpp>

#include <string>

#if !defined(PGREPO_SEPARATE_COMPILATION) || defined(LIBPQ_FE_H)
#error "pgrepo::compiled leaves libpq's header to the library"
#endif

struct Note {
    pgrepo::uuid id{};
    std::string body;

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"notes">, pgrepo::primary_key<&Note::id>, pgrepo::generated<&Note::id>>;
};

long long notes_counted(pgrepo::postgres_service& db) {
    return static_cast<long long>(pgrepo::table_repository<Note>{db}.count());
}
