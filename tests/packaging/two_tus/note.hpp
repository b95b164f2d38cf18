#pragma once

#include <pgrepo/pgrepo.hpp>

#include <string>

struct Note {
    pgrepo::uuid id{};
    std::string body;

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"notes">, pgrepo::primary_key<&Note::id>, pgrepo::generated<&Note::id>>;
};

// Never called here, only linked: what both files take along of pgrepo must not be defined twice.
long long notes_counted_in_first(pgrepo::postgres_service& db);
long long notes_counted_in_second(pgrepo::postgres_service& db);
