// expect: [column_type] a field of the patch has another type than the record's column
// expect: "position_in_list"
// expect: optional<long
// lines: 15
// errors: 1
#include <pgrepo/pgrepo.hpp>
// The records that the mistakes are made with.
#include "model.hpp"

struct Task {
    std::int64_t id{};
    std::int32_t position_in_list{};

    using pgrepo_mapping = pgrepo::annotations<pgrepo::table<"tasks">, pgrepo::primary_key<&Task::id>>;
};
struct Move {
#if defined(PGREPO_TWIN)
    std::optional<std::int32_t> position_in_list{};
#else
    std::optional<std::int64_t> position_in_list{};
#endif
};

void f(pgrepo::table_repository<Task>& tasks) {
    tasks.update(1, Move{7});
}
