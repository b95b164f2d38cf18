// expect: [no_codec] a field has a type that no codec reads
// expect: "started"
// expect: tm
// expect: Job
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>

#include <cstdint>
#include <ctime>

struct Job {
    std::int64_t id{};
#if defined(PGREPO_TWIN)
    pgrepo::timestamptz started{};
#else
    std::tm started{};
#endif

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"jobs">, pgrepo::primary_key<&Job::id>>;
};

void f(pgrepo::postgres_service& db) {
    pgrepo::table_repository<Job> jobs{db};
    jobs.find(7);
}
