#pragma once

#include <pgrepo/pgrepo.hpp>

#include <string>
#include <typeinfo>

struct Note {
    std::int64_t id{};
    std::string body;

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"notes">, pgrepo::primary_key<&Note::id>, pgrepo::generated<&Note::id>>;
};

/// What a library would send, and what its result is checked against.
struct seen {
    std::string text{};
    std::string id{};
    pgrepo::statement_key key{};
    const void* shape{};
};

#define FROM_LIBRARY [[gnu::visibility("default")]]

#define DECLARE_LIBRARY(side)                                                                                          \
    namespace side {                                                                                                   \
    FROM_LIBRARY seen look_at_find();                                                                                  \
    FROM_LIBRARY const std::type_info& type_of_error();                                                                \
    FROM_LIBRARY void fail(); /* throws pgrepo::error, unique_violation */                                             \
    FROM_LIBRARY std::string name_of_failure(void (*call)());                                                          \
    FROM_LIBRARY Note read(pgrepo::postgres_service& db);                                                              \
    FROM_LIBRARY void read_as_numbers(pgrepo::postgres_service& db); /* the same statement; its row does not fit */    \
    }

DECLARE_LIBRARY(left)
DECLARE_LIBRARY(right)
