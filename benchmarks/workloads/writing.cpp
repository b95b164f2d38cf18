#include "writing.hpp"

#include "tables.hpp"

#include <algorithm>
#include <span>

namespace writing {
namespace {

outcome write(const setting& with, stopwatch& watch, maker<writer> make_writer) {
    tables::clear(with.config);
    const auto users = make_writer(with.config);
    const std::int64_t warming = std::clamp<std::int64_t>(with.operations / 10, 1, 2'000);
    const std::vector<NewUser> drafts = tables::drafts(with.operations + warming);
    const std::span<const NewUser> all(drafts);
    users->write(all.first(static_cast<std::size_t>(warming)));
    watch.measure([&] { users->write(all.subspan(static_cast<std::size_t>(warming))); });
    const auto written = tables::written_users(with.config);
    require(written.rows == with.operations + warming, "not all rows were written");
    return {.operations = with.operations, .checksum = written.checksum};
}

} // namespace

outcome single(const setting& with, stopwatch& watch) {
    return write(with, watch, with.library.writes_single);
}
outcome pipeline(const setting& with, stopwatch& watch) {
    return write(with, watch, with.library.writes_pipeline);
}
outcome unnest(const setting& with, stopwatch& watch) {
    return write(with, watch, with.library.writes_unnest);
}
outcome copy(const setting& with, stopwatch& watch) {
    return write(with, watch, with.library.writes_copy);
}

} // namespace writing
