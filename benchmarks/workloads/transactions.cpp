#include "transactions.hpp"

#include "checksum.hpp"
#include "tables.hpp"

namespace transactions {
namespace {

constexpr std::int64_t warming = 20;

} // namespace

outcome one(const setting& with, stopwatch& watch) {
    tables::clear(with.config);
    const auto todo = with.library.transacts(with.config);
    const std::vector<NewUser> drafts = tables::drafts(with.operations + warming);
    const auto run = [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t i = from; i < to; ++i) todo->one(drafts[static_cast<std::size_t>(i)]);
    };
    run(0, warming);
    watch.measure([&] { run(warming, warming + with.operations); });
    const auto written = tables::written_users(with.config);
    require(written.rows == with.operations + warming, "not all rows were written");
    return {.operations = with.operations, .checksum = written.checksum};
}

outcome three(const setting& with, stopwatch& watch) {
    tables::clear(with.config);
    const auto todo = with.library.transacts(with.config);
    const std::vector<NewUser> drafts = tables::drafts(with.operations + warming);
    std::uint64_t sum = 0;
    const auto run = [&](std::int64_t from, std::int64_t to, bool adding) {
        for (std::int64_t i = from; i < to; ++i) {
            const auto user = todo->three(with.ids[static_cast<std::size_t>(i) % with.ids.size()],
                                          drafts[static_cast<std::size_t>(i)], {100 + i});
            require(user.has_value(), "a user was missed");
            if (adding) sum += checksums::of(*user);
        }
    };
    run(0, warming, true);
    watch.measure([&] { run(warming, warming + with.operations, false); });
    const auto written = tables::written_users(with.config);
    require(written.rows == with.operations + warming, "not all users were written");
    require(tables::count_orders(with.config) == written.rows, "not all orders were written");
    return {.operations = with.operations, .checksum = sum + written.checksum};
}

} // namespace transactions
